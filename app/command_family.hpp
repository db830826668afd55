#pragma once
#include <CLI/CLI.hpp>

#include <functional>
#include <utility>
#include <vector>

namespace palabre::app {

/// Commands of one kind, and what each starts. Requires: the program that they were added to outlives them.
class command_family {
public:
  command_family(const command_family&) = delete;

  bool is_asked() const {
    for (const auto& [command, start] : commands_)
      if (*command) return true;
    return false;
  }
  /// The exit code of the one that is asked for. Requires: is_asked().
  int run() const {
    for (const auto& [command, start] : commands_)
      if (*command) return start();
    return 2;
  }

protected:
  command_family() = default;
  ~command_family() = default;
  void starts(CLI::App* command, std::function<int()> what) { commands_.emplace_back(command, std::move(what)); }

private:
  std::vector<std::pair<CLI::App*, std::function<int()>>> commands_;
};

} // namespace palabre::app
