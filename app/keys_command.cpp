#include "app/keys_command.hpp"

#include "app/commands.hpp"
#include "app/keys.hpp"
#include "app/secrets.hpp"
#include "app/store.hpp"
#include "storage/rocksdb_instance.hpp"

#include <rocksdb/env.h>

namespace palabre::app {

keys_command::keys_command(CLI::App& program)
    : command_(program.add_subcommand("keys", "the keys that people's words are sealed with")) {
  command_->require_subcommand(1);
  show_ = command_->add_subcommand("show", "how many there are; no secret is shown");
  rotate_ = command_->add_subcommand("rotate", "wrap all of them with a new master key; the server is stopped");
  for (CLI::App* each : {show_, rotate_})
    each->add_option("--data", data_, "the data directory")->capture_default_str();
}

int keys_command::run(std::ostream& out, std::ostream& errors) {
  return *show_ ? show(out, errors) : rotate(out, errors);
}

int keys_command::show(std::ostream& out, std::ostream& errors) const {
  system_randomness random;
  storage::key_ring::opening how;
  how.directory = keys_directory(data_);
  how.mode = storage::key_ring::access::read_only;
  auto masters = load_master_keys(data_, false, random);
  if (!masters) return fail(errors, masters.error());
  how.master_keys = std::move(masters).value();
  const auto ring = storage::key_ring::open(how, random);
  if (!ring) return fail(errors, ring.error());
  out << "keys: " << ring.value()->count() << "\nerased: " << ring.value()->erased().size() << '\n';
  return 0;
}

int keys_command::rotate(std::ostream& out, std::ostream& errors) const {
  system_randomness random;
  // Open for writing, so that no server is at it.
  const auto is_there = storage::find_rocksdb(log_directory(data_), *rocksdb::Env::Default());
  if (is_there && !is_there.value()) return fail(errors, {errc::io, "there is no log in " + log_directory(data_)});
  const auto log = storage::event_log::open(log_directory(data_), storage::event_log::access::read_write, random);
  if (!log) return fail(errors, log.error());
  const auto ring = open_keys(data_, *log.value(), random);
  if (!ring) return fail(errors, ring.error());
  const auto done = rotate_master_key(data_, *ring.value(), random);
  if (!done) return fail(errors, done.error());
  out << "keys wrapped with a new master key: " << ring.value()->count()
      << "\nBackups of secrets and keys from before belong together; make a new one.\n";
  return 0;
}

} // namespace palabre::app
