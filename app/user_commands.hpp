#pragma once
#include "app/command_family.hpp"

#include <iosfwd>
#include <string>

namespace palabre::app {

/// `palabre user promote`, `user demote` and `user list`: by the server that runs on the data directory or, without
/// one, here. They exit with 0: it is so; 1: it is not; 2: used wrongly.
class user_commands : public command_family {
public:
  /// Adds the commands to `program`. Requires: both outlive each other's use.
  explicit user_commands(CLI::App& program);

private:
  CLI::App* add(CLI::App& family, const std::string& name, const std::string& help, std::function<int()> run);

  std::string data_ = "./data", who_;
  bool administrators_ = false;
};

} // namespace palabre::app
