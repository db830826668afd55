#pragma once
#include <CLI/CLI.hpp>

#include <string>

namespace palabre::app {

/// `palabre rebuild`: the views computed anew from the log; by the server that runs on the directory, or, without one,
/// by this process.
class rebuild_command {
public:
  /// Adds the command to `program`. Requires: both outlive each other's use.
  explicit rebuild_command(CLI::App& program);
  rebuild_command(const rebuild_command&) = delete;

  bool is_asked() const { return static_cast<bool>(*command_); }
  /// 0 done; 1 it could not be, and the views are as they were; 2 there is no such projection.
  int run() const;

private:
  CLI::App* command_;
  std::string data_ = "./data", projection_;
};

} // namespace palabre::app
