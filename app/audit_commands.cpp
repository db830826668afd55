#include "app/audit_commands.hpp"

#include <iostream>

namespace palabre::app {

audit_commands::audit_commands(CLI::App& program) {
  add_events(program);
  add_replay(program);
  add_diff(program);
  add_verify(program);
  add_stats(program);
}

CLI::App* audit_commands::add(CLI::App& program, const std::string& name, const std::string& help, std::string& data,
                              std::function<int()> run) {
  CLI::App* command = program.add_subcommand(name, help);
  command->add_option("--data", data, "the data directory")->capture_default_str();
  starts(command, std::move(run));
  return command;
}

void audit_commands::add_events(CLI::App& program) {
  CLI::App* events = add(program, "events", "print the log as JSON lines", listing_.data,
                         [this] { return print_events(listing_, std::cout, std::cerr); });
  events->add_option("--room", listing_.room, "only events of this room");
  events->add_option("--user", listing_.user, "only what this user did");
  events->add_option("--about", listing_.about, "only what names this id: of a user, a room, a message, a session");
  events->add_option("--type", listing_.type, "only events of this type, as message.posted");
  events->add_option("--request", listing_.request, "only what this request did, by its X-Request-ID");
  events->add_option("--since", listing_.since, "only from this time on, as 2026-01-31T12:00:00Z");
  events->add_option("--until", listing_.until, "only up to this time");
  events->add_option("--keys", listing_.keys, "the keys of a backup: the directory that holds keys/ and secrets/");
  events->add_option("--after", listing_.after, "only behind this position")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  events->add_flag("--follow", listing_.follow, "go on with what a server writes beside it, until Ctrl-C");
}

void audit_commands::add_replay(CLI::App& program) {
  CLI::App* replaying = add(program, "replay", "print a room as it was, from its events alone", replaying_.data,
                            [this] { return replay(replaying_, std::cout, std::cerr); });
  replaying->add_option("--room", replaying_.room, "the room's id")->required();
  replaying->add_option("--at", replaying_.at, "a seq, or a time; the end by default");
  replaying->add_flag("--text", replaying_.text, "for people, instead of JSON");
}

void audit_commands::add_diff(CLI::App& program) {
  CLI::App* diff = add(program, "diff", "print what changed in a room, and who did it", comparing_.data,
                       [this] { return print_diff(comparing_, std::cout, std::cerr); });
  diff->add_option("--room", comparing_.room, "the room's id")->required();
  diff->add_option("--from", comparing_.from, "only behind this seq or time; the beginning by default");
  diff->add_option("--to", comparing_.to, "only up to this seq or time; the end by default");
  diff->add_option("--message", comparing_.message, "only what was done to this message");
  diff->add_flag("--json", comparing_.json, "as JSON lines");
}

void audit_commands::add_verify(CLI::App& program) {
  CLI::App* verifying = add(program, "verify", "prove that the log is what was written and the views are what it says",
                            verifying_.data, [this] { return verify(verifying_, std::cout, std::cerr); });
  verifying->add_option("--since", verifying_.since,
                        "a position or a time: only the log, and of that only what is from there on");
  verifying->add_option("--keys", verifying_.keys, "the keys of a backup: the directory that holds keys/ and secrets/");
  verifying->add_flag("--log-only", verifying_.log_only, "not the views");
  verifying
      ->add_flag("--without-keys", verifying_.without_keys,
                 "not the views, and of records with sealed words only their place in the chain")
      ->excludes("--keys");
}

void audit_commands::add_stats(CLI::App& program) {
  CLI::App* stats = add(program, "stats", "count what the log holds: by type, by stream, by day", counting_.data,
                        [this] { return print_stats(counting_, std::cout, std::cerr); });
  stats->add_flag("--json", counting_.json, "as one JSON object");
}

} // namespace palabre::app
