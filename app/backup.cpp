#include "app/backup.hpp"

#include "app/backup_manifest.hpp"
#include "app/commands.hpp"
#include "app/draft_directory.hpp"
#include "app/file_error.hpp"
#include "app/keys.hpp"
#include "app/record_progress.hpp"
#include "app/recover.hpp"
#include "app/store.hpp"

#include "storage/log_builder.hpp"
#include "storage/watermark.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>

namespace palabre::app {
namespace {

namespace fs = std::filesystem;
using storage::event_log;

/// What a record at the end of a log is known by.
struct log_end {
  std::string epoch;
  position head;
  sha256_digest hash{};
};

/// Opens a copy, looks at its end, and compares it with what had been acked.
result<log_end> check_copy(const std::string& directory, const std::optional<storage::acked_mark>& acked) {
  system_randomness random;
  PALABRE_TRY(const auto log, event_log::open(directory, event_log::access::read_only, random));
  if (log->damage()) return error{errc::corrupt, "the copy: " + *log->damage()};
  log_end end{log->epoch(), log->head(), {}};
  if (end.head.value > 0) {
    PALABRE_TRY(const storage::committed_record last, log->read(end.head));
    end.hash = last.hash;
  }
  if (!acked || acked->head.value == 0) return end;
  if (acked->head > end.head)
    return error{errc::corrupt, "the copy ends at " + std::to_string(end.head.value) + ", but " +
                                    std::to_string(acked->head.value) + " was acknowledged"};
  PALABRE_TRY(const storage::committed_record last_acked, log->read(acked->head));
  if (last_acked.hash != acked->hash)
    return error{errc::corrupt, "position " + std::to_string(acked->head.value) + ": the copy holds another record"};
  return end;
}

/// RocksDB's own protocol and lock file are no data.
void remove_protocol(const std::string& directory) {
  std::error_code ignored;
  std::vector<fs::path> surplus;
  for (const auto& file : fs::directory_iterator(directory, ignored)) {
    const std::string name = file.path().filename();
    if (name == "LOCK" || name == "LOG" || name.starts_with("LOG.old.")) surplus.push_back(file.path());
  }
  for (const fs::path& file : surplus) fs::remove(file, ignored);
}

backup_manifest manifest_of(const log_end& end) {
  return {"log", PALABRE_VERSION, to_rfc3339(wall_clock().now()), end.epoch, end.head, to_hex(as_bytes(end.hash)), {}};
}

/// Copies the files of DATA/<name>, if it is there, to TO/<name>.
result<void> copy_folder(const std::string& data, const std::string& name, const std::string& to) {
  std::error_code failed;
  if (!fs::is_directory(data + "/" + name, failed)) return success();
  if (::mkdir((to + "/" + name).c_str(), 0700) != 0) return file_error(to + "/" + name);
  std::set<std::string, std::greater<>> files; // `ring` before `erased`: who is erased in between is in the list
  for (const auto& file : fs::directory_iterator(data + "/" + name, failed)) {
    const std::string file_name = file.path().filename();
    if (file.is_regular_file(failed) && !file_name.ends_with(".new")) // not finished when its maker ended
      files.insert(file_name);
  }
  for (const std::string& file_name : files) {
    PALABRE_TRY(copy_summed(data + "/" + name + "/" + file_name, to + "/" + name + "/" + file_name));
  }
  if (failed) return error{errc::io, data + "/" + name + ": " + failed.message()};
  return success();
}

/// Of one run: the log's manifest and the keys'.
bool belong_together(const backup_manifest& log, const backup_manifest& keys) {
  return log.what == "log" && keys.what == "keys" && log.taken_at == keys.taken_at && log.epoch == keys.epoch &&
         log.head == keys.head && log.head_hash == keys.head_hash;
}

/// The log is published last: what has its name has its keys. Keys without it are what a run left that was killed
/// between the two, and no backup.
struct drafts {
  draft_directory log, keys;

  static result<drafts> make(const backup_options& options) {
    const std::string to = without_slash(options.to), keys_to = keys_path(options);
    const auto killed = read_manifest(to + ".partial"), left = read_manifest(keys_to);
    PALABRE_TRY(auto log, draft_directory::make(to)); // from here on no other run is at it
    std::error_code ignored;
    if (killed && left && belong_together(killed.value(), left.value()) && !fs::exists(to, ignored))
      fs::remove_all(keys_to, ignored);
    PALABRE_TRY(auto keys, draft_directory::make(keys_to));
    return drafts{std::move(log), std::move(keys)};
  }
  static std::string keys_path(const backup_options& options) {
    return options.keys_to.value_or(without_slash(options.to) + ".keys");
  }

  result<void> publish(const backup_options& options) {
    PALABRE_TRY(keys.publish());
    auto published = log.publish();
    std::error_code ignored;
    if (!published && !read_manifest(options.to)) fs::remove_all(keys_path(options), ignored);
    return published;
  }
};

result<log_end> fill(const backup_options& options, const log_copier& copy, drafts& into, std::ostream& errors) {
  // The mark first: what is acked by now must be in the copy.
  PALABRE_TRY(const auto acked, storage::watermark::read(storage::watermark_path(log_directory(options.data))));
  const std::string log = log_directory(into.log.path());
  PALABRE_TRY(copy(options.data, log));
  remove_protocol(log);
  PALABRE_TRY(copy_folder(options.data, "archive", into.log.path())); // what of it is at hand
  PALABRE_TRY(const log_end end, check_copy(log, acked));
  PALABRE_TRY(storage::write_watermark(log, end.head, end.hash, end.epoch, false));
  backup_manifest manifest = manifest_of(end);
  PALABRE_TRY(write_manifest(into.log.path(), manifest));
  // The keys last: they are made before the records that need them.
  for (const char* folder : {"secrets", "keys"}) {
    PALABRE_TRY(copy_folder(options.data, folder, into.keys.path()));
  }
  PALABRE_TRY(open_log_for_reading(into.log.path(), into.keys.path())); // the keys reach as far as the log, and open
  manifest.what = "keys";
  PALABRE_TRY(write_manifest(into.keys.path(), manifest));
  if (!options.verify) return end;
  verify_options how;
  how.data = into.log.path();
  how.keys = into.keys.path();
  if (verify(how, errors, errors) != 0) return error{errc::corrupt, "the copy did not verify"};
  return end;
}

} // namespace

result<void> copy_log(const std::string& data, const std::string& log) {
  system_randomness random;
  const auto opened = event_log::open(log_directory(data), event_log::access::read_only, random);
  if (!opened) return with_advice(opened.error(), data);
  const event_log& source = *opened.value();
  if (source.damage()) return with_advice({errc::corrupt, *source.damage()}, data);
  PALABRE_TRY(auto copy, storage::log_builder::create(log, source.epoch()));
  copy->note_key_id(source.key_id_max());
  record_progress shown("copying the log", {}, source.head());
  result<void> added = success();
  const auto take = [&](const storage::committed_record& r) {
    added = copy->add(r);
    shown.reach(r.view.at);
    return added.has_value();
  };
  const auto scanned = source.scan({}, source.head(), take, event_log::archived::as_rows);
  if (!scanned) return with_advice(scanned.error(), data);
  if (!added) return with_advice(added.error(), data);
  return copy->finish();
}

int backup(const backup_options& options, const log_copier& copy, std::ostream& out, std::ostream& errors) {
  auto into = drafts::make(options);
  if (!into) return fail(errors, into.error());
  const auto end = fill(options, copy, into.value(), errors);
  if (!end) return fail(errors, end.error());
  if (const auto published = into.value().publish(options); !published) return fail(errors, published.error());
  out << "backup: " << options.to << " holds " << end.value().head.value << " events, epoch " << end.value().epoch
      << "\nkeys: " << drafts::keys_path(options) << "; keep them apart: with both everything can be read\n";
  return 0;
}

} // namespace palabre::app
