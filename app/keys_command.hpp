#pragma once
#include <CLI/CLI.hpp>

#include <ostream>
#include <string>

namespace palabre::app {

/// `palabre keys …`: what there is of the keys of people's words, and another master key for them.
class keys_command {
public:
  /// Adds the command to `program`. Requires: both outlive each other's use.
  explicit keys_command(CLI::App& program);
  keys_command(const keys_command&) = delete;

  bool is_asked() const { return static_cast<bool>(*command_); }
  /// 0 done; 1 not.
  int run(std::ostream& out, std::ostream& errors);

private:
  int show(std::ostream& out, std::ostream& errors) const;
  int rotate(std::ostream& out, std::ostream& errors) const;

  CLI::App* command_;
  CLI::App* show_;
  CLI::App* rotate_;
  std::string data_ = "./data";
};

} // namespace palabre::app
