#pragma once
#include <CLI/CLI.hpp>

#include <istream>
#include <ostream>
#include <string>

namespace palabre::app {

/// `palabre erase`: a person is erased, by the server that runs on the data directory or, without one, here.
class erase_command {
public:
  /// Adds the command to `program`. Requires: both outlive each other's use.
  explicit erase_command(CLI::App& program);
  erase_command(const erase_command&) = delete;

  bool is_asked() const { return static_cast<bool>(*command_); }
  /// 0 erased; 1 not, or not all of it; 2 used wrongly, or not confirmed.
  int run(std::istream& in, std::ostream& out, std::ostream& errors);

private:
  CLI::App* command_;
  std::string data_ = "./data", user_;
  bool yes_ = false;
};

} // namespace palabre::app
