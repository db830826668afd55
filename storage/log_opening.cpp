#include "storage/log_opening.hpp"

#include "storage/log_probe.hpp"
#include "storage/log_rows.hpp"
#include "storage/log_tail_check.hpp"
#include "storage/manifest_tail.hpp"

#include <rocksdb/env.h>

#include <filesystem>

namespace palabre::storage {
namespace {

constexpr std::uint64_t tail_records_max = 1'000;
constexpr int reading_attempts_max = 5; // beside a writer: files may be replaced while they are being opened
using recovery = rocksdb::WALRecoveryMode;

rocksdb::DBOptions options_with(recovery mode, rocksdb::Env& env) {
  rocksdb::DBOptions options = log_options();
  options.wal_recovery_mode = mode;
  options.env = &env;
  return options;
}

/// Whether the machine was, since then, as far as one can tell.
bool was_started_anew(const acked_mark& before) {
  const short_digest boot = machine_boot();
  return boot == short_digest{} || boot != before.boot;
}

/// The disk on which to open the log: where the power may have gone, without what was never written to its end. Null:
/// `env` as it is. Errors: io.
result<std::unique_ptr<rocksdb::Env>> without_torn_end(const std::string& directory, rocksdb::Env& env,
                                                       const std::optional<acked_mark>& before) {
  if (before && (before->clean || !was_started_anew(*before))) return std::unique_ptr<rocksdb::Env>{};
  PALABRE_TRY(const auto disk, hiding_torn_end(env.GetFileSystem(), directory));
  return disk ? rocksdb::NewCompositeEnv(disk) : nullptr;
}

/// Is there a log? Not yet, when a crash interrupted its creation before the last family. Errors: io.
result<bool> find_log(const std::string& directory, rocksdb::Env& env) {
  std::vector<std::string> found;
  PALABRE_TRY(const bool is_there, find_rocksdb(directory, env));
  if (!is_there) return false;
  const auto listed =
      rocksdb::DB::ListColumnFamilies(options_with(recovery::kTolerateCorruptedTailRecords, env), directory, &found);
  if (!listed.ok() && to_error(listed, directory).code != errc::corrupt) return to_error(listed, directory);
  return !listed.ok() || found.size() >= log_families().size(); // a damaged one is one, too
}

std::string beginning_with_position(position bad, const std::string& found) {
  return "position " + std::to_string(bad.value) + ": " + found;
}

std::string at_stake(position last, const std::optional<acked_mark>& mark) {
  if (!mark) return "how much was acknowledged is not known, for there is no valid watermark";
  const std::string acked = "acknowledged up to " + std::to_string(mark->head.value);
  if (mark->head <= last) return acked + ": what lies behind the damage cannot be told";
  return acked + ": at stake are the events from " + std::to_string(last.value + 1) + " on";
}

/// What was found and where, what is at stake, and the command that goes on regardless.
error refusal(const std::string& directory, const std::string& found, position last,
              const std::optional<acked_mark>& mark) {
  const std::string data = std::filesystem::path(directory).parent_path().string();
  return {errc::corrupt, found + "; readable up to position " + std::to_string(last.value) + ", " +
                             at_stake(last, mark) + "; nothing was changed. Restore a backup, or give up what cannot " +
                             "be read with: palabre recover --data " + data + " --accept-loss"};
}

/// What RocksDB goes by is not there, or ends before the last family.
std::string nothing_listed(const std::string& directory) {
  return "there is no log in " + directory + ", or CURRENT and the MANIFEST that it names do not lead to it";
}

/// Fails while another process, or another part of this one, writes the log. RocksDB would say so only after our look
/// at it.
result<void> check_unlocked(const std::string& directory, rocksdb::Env& env) {
  rocksdb::FileLock* lock = nullptr;
  const auto locked = env.LockFile(directory + "/LOCK", &lock);
  if (!locked.ok()) return error{errc::io, directory + " is in use: " + locked.ToString()};
  const auto unlocked = env.UnlockFile(lock);
  if (!unlocked.ok()) return to_error(unlocked, directory);
  return success();
}

result<log_store> open_stopped(const rocksdb::DBOptions& options, const std::string& directory) {
  PALABRE_TRY(auto instance, rocksdb_instance::open_read_only(options, directory, log_families()));
  return log_store{std::move(instance)};
}

/// How far the log can be read when the WAL is read up to its first damage. Errors: as of opening.
result<position> last_readable_position(const std::string& directory, rocksdb::Env& env) {
  rocksdb::DBOptions options = options_with(recovery::kPointInTimeRecovery, env);
  options.paranoid_checks = false; // a damaged table fails when it is read, so that the position is known
  PALABRE_TRY(const auto store, open_stopped(options, directory));
  return store.last_readable();
}

/// The refusal of a log in which RocksDB itself found something.
error refusal_of_damage(const std::string& directory, rocksdb::Env& env, const std::optional<acked_mark>& mark,
                        const error& found) {
  const auto last = last_readable_position(directory, env);
  if (!last) return refusal(directory, found.context + "; " + last.error().context, {}, mark);
  return refusal(directory, beginning_with_position(last.value().next(), found.context), last.value(), mark);
}

/// Is everything that was acked there when the WAL is read up to its first damage?
result<void> check_acked_is_readable(const std::string& directory, rocksdb::Env& env,
                                     const std::optional<acked_mark>& mark, const error& found) {
  const auto last = last_readable_position(directory, env);
  if (!last || !mark || last.value() < mark->head) return refusal_of_damage(directory, env, mark, found);
  return success();
}

/// How the WAL must be read so that nothing acked is left out. Errors: corrupt: there is no such way.
result<recovery> choose_recovery(const std::string& directory, rocksdb::Env& env,
                                 const std::optional<acked_mark>& mark) {
  const auto probe = probe_log(options_with(recovery::kTolerateCorruptedTailRecords, env), directory);
  if (!probe && probe.error().code != errc::corrupt) return probe.error();
  if (!probe) {
    PALABRE_TRY(check_acked_is_readable(directory, env, mark, probe.error()));
    return recovery::kPointInTimeRecovery;
  }
  const log_probe& found = probe.value();
  if (found.missing)
    return refusal(directory, beginning_with_position(*found.missing, "missing"), {found.missing->value - 1}, mark);
  if (mark && found.last < mark->head)
    return refusal(directory, beginning_with_position(found.last.next(), "missing"), found.last, mark);
  return recovery::kTolerateCorruptedTailRecords;
}

/// The log's end as it is now must be what it was when it was acked.
result<void> check_history(const log_store& store, position head, const std::optional<acked_mark>& mark) {
  PALABRE_TRY(check_tail(store, head, tail_records_max));
  if (!mark || mark->head.value == 0) return success();
  PALABRE_TRY(const committed_record acked, store.read(mark->head));
  if (acked.hash != mark->hash)
    return at_position(mark->head, {errc::corrupt, "is not the record that was acked there"});
  return success();
}

result<std::string> read_epoch(const log_store& store) {
  PALABRE_TRY(const auto written_format, store.find_meta(format_key));
  if (written_format && *written_format != log_format)
    return error{errc::from_the_future, "log format " + *written_format + ", known is " + std::string(log_format)};
  PALABRE_TRY(auto epoch, store.find_meta(epoch_key));
  return epoch.value_or(std::string{});
}

result<std::uint32_t> read_key_id_max(const log_store& store) {
  PALABRE_TRY(const auto row, store.find_meta(key_id_max_key));
  if (!row) return std::uint32_t{0};
  const auto key_id = read_key_id(*row);
  if (!key_id) return error{errc::corrupt, "the highest key id of the log is damaged"};
  return *key_id;
}

/// After a power loss nobody can prove that nothing acked is missing: clients may know positions that will be used
/// again.
bool needs_new_epoch(const opened_log& log, const std::optional<acked_mark>& before, const std::string& epoch) {
  if (epoch.empty() || !before) return true;
  return !log.report.clean && was_started_anew(*before);
}

result<void> settle_epoch(opened_log& log, bool mint, const std::string& stored, randomness& random) {
  log.acked.epoch = mint ? random_epoch(random) : stored;
  log.report.epoch_minted = mint;
  if (!mint) return success();
  PALABRE_TRY(log.store->put_meta(format_key, log_format));
  return log.store->put_meta(epoch_key, log.acked.epoch);
}

result<void> begin_mark(opened_log& log, const std::string& directory, rocksdb::Env& env) {
  if (log.acked.head.value > 0) {
    PALABRE_TRY(const committed_record last, log.store->read(log.acked.head));
    log.acked.hash = last.hash;
  }
  log.acked.boot = machine_boot();
  PALABRE_TRY(auto mark, watermark::open(watermark_path(directory), env.GetFileSystem()));
  PALABRE_TRY(mark.write(log.acked));
  PALABRE_TRY(mark.sync());
  log.mark.emplace(std::move(mark));
  return success();
}

/// The best instance for reading: beside a writer; or, where the WAL or a file is damaged, whatever can still be read.
result<std::unique_ptr<log_store>> open_readable(const std::string& directory, rocksdb::Env& env,
                                                 std::optional<std::string>& damage) {
  const rocksdb::DBOptions strict = options_with(recovery::kTolerateCorruptedTailRecords, env);
  result<std::unique_ptr<rocksdb_instance>> instance = error{errc::io, directory};
  for (int attempt = 0; attempt < reading_attempts_max && !instance; ++attempt)
    instance = rocksdb_instance::open_secondary(strict, directory, log_families());
  if (!instance) {
    damage = instance.error().context;
    rocksdb::DBOptions tolerant = options_with(recovery::kPointInTimeRecovery, env);
    tolerant.paranoid_checks = false; // a damaged table fails when it is read, not now
    instance = rocksdb_instance::open_read_only(tolerant, directory, log_families());
  }
  if (!instance) return error{instance.error().code, *damage + "; " + instance.error().context};
  return std::make_unique<log_store>(std::move(instance).value());
}

result<std::optional<acked_mark>> read_mark(const std::string& directory, rocksdb::Env& env) {
  auto mark = watermark::read(watermark_path(directory), env.GetFileSystem());
  if (mark || mark.error().code != errc::corrupt) return mark;
  return refusal(directory, mark.error().context, {}, {});
}

/// Finds the head, and the first thing that is wrong.
void look_for_damage(opened_log& log, const result<std::optional<acked_mark>>& mark) {
  const position acked = mark && mark.value() ? mark.value()->head : position{};
  position& head = log.acked.head;
  const auto last = log.damage ? result<position>{error{errc::corrupt, *log.damage}} : log.store->last();
  head = last ? last.value() : log.store->last_readable();
  const auto checked = check_tail(*log.store, head, tail_records_max);
  if (!last)
    log.damage = beginning_with_position(head.next(), last.error().context);
  else if (acked > head)
    log.damage = beginning_with_position(head.next(), "missing, though it was acked");
  else if (!checked)
    log.damage = checked.error().context;
  else if (!mark)
    log.damage = mark.error().context;
}

/// A reader's RocksDB leaves out a table that does not open, and with it what the log says of itself: that it lacks
/// something which was written before the first watermark is damage like any other.
/// Errors: from_the_future.
result<void> read_what_it_says_of_itself(opened_log& log, bool has_mark) {
  const auto note = [&](const std::string& found) {
    if (!log.damage) log.damage = found;
  };
  const auto epoch = read_epoch(*log.store);
  if (!epoch && epoch.error().code == errc::from_the_future) return epoch.error();
  if (epoch) log.acked.epoch = epoch.value();
  if (!epoch)
    note(epoch.error().context);
  else if (epoch.value().empty() && (has_mark || log.acked.head.value > 0))
    note("the family meta has no epoch: a table of it does not open");
  const auto key_id_max = read_key_id_max(*log.store);
  if (key_id_max)
    log.key_id_max = key_id_max.value(); // whether records name higher ones is seen when they are checked
  else
    note(key_id_max.error().context);
  return success();
}

} // namespace

std::string random_epoch(randomness& random) {
  std::string epoch(8, 'a');
  std::array<std::uint8_t, 8> bytes;
  random.fill(bytes.data(), bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) epoch[i] = static_cast<char>('a' + bytes[i] % 26);
  return epoch;
}

result<opened_log> open_for_writing(const std::string& directory, randomness& random, rocksdb::Env& whole_disk) {
  PALABRE_TRY(const auto before, read_mark(directory, whole_disk));
  PALABRE_TRY(const auto shortened, without_torn_end(directory, whole_disk, before));
  rocksdb::Env& env = shortened ? *shortened : whole_disk;
  opened_log log;
  PALABRE_TRY(const bool is_there, find_log(directory, env));
  log.report.created = !is_there;
  recovery mode = recovery::kTolerateCorruptedTailRecords;
  if (log.report.created && before && before->head.value > 0)
    return refusal(directory, nothing_listed(directory), {}, before);
  if (!log.report.created) {
    PALABRE_TRY(check_unlocked(directory, env));
    PALABRE_TRY(mode, choose_recovery(directory, env, before));
  }
  rocksdb::DBOptions options = options_with(mode, env);
  options.create_if_missing = log.report.created;
  auto instance = rocksdb_instance::open(options, directory, log_families());
  if (!instance && instance.error().code == errc::corrupt)
    return refusal_of_damage(directory, env, before, instance.error());
  if (!instance) return instance.error();
  log.store = std::make_unique<log_store>(std::move(instance).value());

  const auto refused = [&](const error& found) { // RocksDB opened it, and still something is wrong
    if (found.code != errc::corrupt) return found;
    return refusal(directory, found.context, log.store->last_readable(), before);
  };
  const auto epoch = read_epoch(*log.store);
  if (!epoch) return refused(epoch.error());
  const auto key_id_max = read_key_id_max(*log.store);
  if (!key_id_max) return refused(key_id_max.error());
  log.key_id_max = key_id_max.value();
  const auto head = log.store->last();
  if (!head) return refused(head.error());
  log.acked.head = head.value();
  const auto checked = check_history(*log.store, log.acked.head, before);
  if (!checked) return refused(checked.error());
  log.report.head = log.acked.head;
  log.report.tail_dropped = mode == recovery::kPointInTimeRecovery;
  log.report.clean = before && before->clean && before->head == log.acked.head;
  PALABRE_TRY(settle_epoch(log, needs_new_epoch(log, before, epoch.value()), epoch.value(), random));
  PALABRE_TRY(begin_mark(log, directory, env));
  return log;
}

result<void> check_openable(const std::string& directory) {
  PALABRE_TRY(const auto mark, watermark::read(watermark_path(directory)));
  PALABRE_TRY(const auto shortened, without_torn_end(directory, *rocksdb::Env::Default(), mark));
  rocksdb::Env& env = shortened ? *shortened : *rocksdb::Env::Default();
  PALABRE_TRY(const bool is_there, find_log(directory, env));
  if (!is_there) return refusal(directory, nothing_listed(directory), {}, mark);
  PALABRE_TRY(const recovery mode, choose_recovery(directory, env, mark));
  const auto opened = open_stopped(options_with(mode, env), directory); // with every table, as a writer opens it
  if (!opened && opened.error().code == errc::corrupt) return refusal_of_damage(directory, env, mark, opened.error());
  if (!opened) return opened.error();
  return success();
}

result<opened_log> open_for_reading(const std::string& directory, rocksdb::Env& env) {
  PALABRE_TRY(const bool is_there, find_rocksdb(directory, env));
  if (!is_there) return error{errc::io, nothing_listed(directory)};
  // Before the log, because a live server moves both on.
  const auto mark = watermark::read(watermark_path(directory), env.GetFileSystem());
  opened_log log;
  PALABRE_TRY(log.store, open_readable(directory, env, log.damage));
  look_for_damage(log, mark);
  PALABRE_TRY(read_what_it_says_of_itself(log, mark && mark.value()));
  log.report.head = log.acked.head;
  log.report.clean = mark && mark.value() && mark.value()->clean;
  return log;
}

result<position> catch_up_with_writer(opened_log& log, const std::string& directory) {
  // Before the log, because the server moves both on: what is acknowledged by now is there a moment later.
  PALABRE_TRY(const auto mark, watermark::read(watermark_path(directory)));
  if (!mark || mark->head <= log.acked.head) return log.acked.head;
  auto caught_up = log.store->catch_up();
  for (int attempt = 1; attempt < reading_attempts_max && !caught_up; ++attempt) caught_up = log.store->catch_up();
  PALABRE_TRY(caught_up);
  if (mark->epoch != log.acked.epoch)
    return error{errc::corrupt, "the log has begun epoch " + mark->epoch + ": positions may have been used again"};
  PALABRE_TRY(const position last, log.store->last());
  if (last < mark->head) return at_position(last.next(), {errc::corrupt, "missing, though it was acked"});
  log.acked.head = mark->head;
  return log.acked.head;
}

} // namespace palabre::storage
