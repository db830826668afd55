#include "app/safekeeping_commands.hpp"

#include "app/control_socket.hpp"
#include "app/recover.hpp"

#include <filesystem>
#include <iostream>

namespace palabre::app {
namespace {

/// Errors: what the server said; not_found: none runs there.
result<void> copy_by_server(const std::string& data, const std::string& log) {
  const auto patient = [](std::uint64_t, std::uint64_t, std::string_view) { return true; };
  const control_arguments arguments{{"to", std::filesystem::absolute(log)}};
  PALABRE_TRY(const auto done, ask_control(data, "checkpoint", arguments, patient));
  if (!done) return error{errc::not_found, "no server"};
  std::error_code ignored;
  if (!std::filesystem::is_directory(log, ignored)) return error{errc::io, "it does not see the same directories"};
  return success();
}

/// The server that runs there links its files; without one, or where it cannot, the log is read and written.
result<void> copy_by_server_or_ourselves(const std::string& data, const std::string& log) {
  const auto copied = copy_by_server(data, log);
  if (copied) return success();
  if (copied.error().code != errc::not_found) {
    std::cerr << "palabre: the server could not link its log to " << log << " (" << copied.error().context
              << "); the log is read and written instead\n";
    std::error_code failed;
    std::filesystem::remove_all(log, failed); // what it began
    if (failed) return error{errc::io, "cannot remove what the server left in " + log + ": " + failed.message()};
  }
  return copy_log(data, log);
}

} // namespace

safekeeping_commands::safekeeping_commands(CLI::App& program) {
  add_backup(program);
  add_restore(program);
  add_export(program);
  add_import(program);
  add_recover(program);
  add_archive(program);
}

void safekeeping_commands::add_backup(CLI::App& program) {
  CLI::App* command = program.add_subcommand("backup", "copy the log and, elsewhere, its keys; beside a server too");
  command->add_option("--data", backup_.data, "the data directory")->capture_default_str();
  command->add_option("--to", backup_.to, "a new directory for the log")->required();
  command->add_option("--keys-to", backup_.keys_to, "a new directory for the keys; TO.keys by default");
  command->add_flag("--verify", backup_.verify, "read the whole copy again and prove it");
  starts(command, [this] { return backup(backup_, copy_by_server_or_ourselves, std::cout, std::cerr); });
}

void safekeeping_commands::add_restore(CLI::App& program) {
  CLI::App* command = program.add_subcommand("restore", "make a data directory of a backup");
  command->add_option("--from", restore_.from, "the backup")->required();
  command->add_option("--keys", restore_.keys, "its keys; FROM.keys by default");
  command->add_option("--data", restore_.data, "the new data directory")->required();
  command->add_option("--erasures", restore_.erasures, "the newest keys/erased of this store: who was erased since")
      ->check(CLI::ExistingFile);
  starts(command, [this] { return restore(restore_, std::cout, std::cerr); });
}

void safekeeping_commands::add_export(CLI::App& program) {
  CLI::App* command = program.add_subcommand("export", "print the log as JSON lines that prove that none is missing");
  command->add_option("--data", export_.data, "the data directory")->capture_default_str();
  command->add_option("--to", export_.to, "a new file; stdout by default");
  CLI::Option* secrets = command->add_flag(
      "--with-secrets", export_.with_secrets,
      "with what is stored, hashes of passwords and codes included: only such an export can be imported");
  CLI::Option* user = command->add_option("--user", export_.user, "only what concerns this person");
  CLI::Option* room = command->add_option("--room", export_.room, "only events of this room");
  CLI::Option* since = command->add_option("--since", export_.since, "only from this time on, as 2026-01-31T12:00:00Z");
  for (CLI::Option* part : {user, room, since}) secrets->excludes(part);
  starts(command, [this] { return export_log(export_, std::cout, std::cerr); });
}

void safekeeping_commands::add_import(CLI::App& program) {
  CLI::App* command = program.add_subcommand("import", "make a log of an export");
  command->add_option("--data", import_.data, "a data directory without a log")->required();
  command->add_option("--from", import_.from, "a file of `palabre export --with-secrets`; - for stdin")->required();
  starts(command, [this] { return import_log(import_, std::cout, std::cerr); });
}

void safekeeping_commands::add_recover(CLI::App& program) {
  CLI::App* command = program.add_subcommand("recover", "say what of a damaged log is at stake, or go on without it");
  command->add_option("--data", damaged_, "the data directory")->capture_default_str();
  command->add_flag("--accept-loss", accept_loss_, "yes, go on from what can be read; the rest is kept in DATA/lost");
  starts(command, [this] { return recover(damaged_, accept_loss_, std::cout, std::cerr); });
}

void safekeeping_commands::add_archive(CLI::App& program) {
  CLI::App* command =
      program.add_subcommand("archive", "move old events of archived rooms out of the log, leaving their hashes");
  command->add_option("--data", archive_.data, "the data directory of a stopped server")->capture_default_str();
  command->add_option("--before", archive_.before, "only events before this time, as 2026-01-31T12:00:00Z")->required();
  starts(command, [this] { return archive(archive_, std::cout, std::cerr); });
}

} // namespace palabre::app
