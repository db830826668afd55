#pragma once
#include "app/command_family.hpp"
#include "app/commands.hpp"

#include <string>

namespace palabre::app {

/// `palabre events`, `replay`, `diff`, `verify` and `stats`: their arguments, and what they start. All of them only
/// read: beside a live server too, up to where it is when they begin. They exit with 0: done; 1: damage found, or what
/// was asked for is not there; 2: used wrongly.
class audit_commands : public command_family {
public:
  /// Adds the commands to `program`. Requires: both outlive each other's use.
  explicit audit_commands(CLI::App& program);

private:
  CLI::App* add(CLI::App& program, const std::string& name, const std::string& help, std::string& data,
                std::function<int()> run);
  void add_events(CLI::App& program);
  void add_replay(CLI::App& program);
  void add_diff(CLI::App& program);
  void add_verify(CLI::App& program);
  void add_stats(CLI::App& program);

  events_options listing_;
  replay_options replaying_;
  diff_options comparing_;
  verify_options verifying_;
  stats_options counting_;
};

} // namespace palabre::app
