#include "storage/log_archiver.hpp"

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "storage/event_log_state.hpp"
#include "storage/log_rows.hpp"
#include "storage/synced_file.hpp"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sys/stat.h>

namespace palabre::storage {
namespace {

/// Positions of rows that were replaced, or are being: what they were may still be in the files.
struct unfreed {
  position first, last;
};

constexpr std::string_view unfreed_key = "unfreed"; ///< in the family meta, until the files were written anew
constexpr std::size_t unfreed_bytes = 16;

result<std::optional<unfreed>> read_unfreed(const log_store& store) {
  PALABRE_TRY(const auto row, store.find_meta(unfreed_key));
  if (!row) return std::optional<unfreed>{};
  if (row->size() != unfreed_bytes) return error{errc::corrupt, "what archiving noted in the log is damaged"};
  return std::optional(unfreed{{get_int<std::uint64_t>(row->data())}, {get_int<std::uint64_t>(row->data() + 8)}});
}

result<position> position_of(const log_store& store, const stream_id& stream, stream_version version) {
  PALABRE_TRY(const auto at, store.find_version(stream, version));
  if (!at) return error{errc::corrupt, "version " + std::to_string(version) + " is not in the index of its stream"};
  return *at;
}

} // namespace

result<std::optional<archived_part>> log_archiver::move(const stream_id& stream, stream_version last) {
  PALABRE_TRY(const stream_version first, first_in_log(stream, last));
  if (first > last) return std::optional<archived_part>{};
  PALABRE_TRY(archived_part part, write_segment({stream, first, last}));
  PALABRE_TRY(check_segment(part));
  PALABRE_TRY(note_unfreed(part));
  PALABRE_TRY(replace_rows(part));
  return std::optional(std::move(part));
}

/// What was moved before is the beginning of a stream.
result<stream_version> log_archiver::first_in_log(const stream_id& stream, stream_version last) const {
  const log_store& store = *log_.state_->log.store;
  for (stream_version version = 1; version <= last; ++version) {
    PALABRE_TRY(const position at, position_of(store, stream, version));
    PALABRE_TRY(const std::string row, store.read_row(at));
    PALABRE_TRY(const record r, decode(row));
    if (!is_archived(r)) return version;
  }
  return last + 1;
}

result<archived_part> log_archiver::write_segment(const segment_name& name) {
  const std::string directory = archive_directory(log_.directory());
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
    return error{errc::io, directory + ": " + std::strerror(errno)};
  PALABRE_TRY(sync_directory(std::filesystem::path(directory).parent_path().string())); // before rows are replaced
  PALABRE_TRY(segment_writer writer, segment_writer::create(directory, name));
  archived_part part{name, log_.state_->log.store->archive().path_of(name), 0, 0};
  result<void> added = success();
  PALABRE_TRY(log_.read_stream(name.stream, name.first - 1, name.last - name.first + 1, [&](const committed_record& r) {
    PALABRE_ASSERT(r.view.at.value + archive_distance_min <= log_.head().value);
    added = writer.add(r);
    ++part.records;
    part.bytes += r.stored.size();
    return added.has_value();
  }));
  PALABRE_TRY(std::move(added));
  if (part.records != name.last - name.first + 1) return error{errc::corrupt, "a stream is shorter than its head says"};
  PALABRE_TRY(writer.finish());
  return part;
}

result<void> log_archiver::check_segment(const archived_part& part) const {
  PALABRE_TRY(storage::check_segment(part.path));
  segment_archive fresh(archive_directory(log_.directory()));
  result<void> same = success();
  stream_version version = part.name.first;
  PALABRE_TRY(log_.read_stream(part.name.stream, version - 1, part.records, [&](const committed_record& r) {
    const auto found = fresh.read(part.name, version++);
    if (!found)
      same = found.error();
    else if (found.value() != r.stored)
      same = error{errc::io, part.path + " does not hold what was written to it"};
    return same.has_value();
  }));
  return same;
}

/// Before the first row is replaced: so that whoever goes on after a kill frees the space of these, too.
result<void> log_archiver::note_unfreed(const archived_part& part) {
  log_store& store = *log_.state_->log.store;
  PALABRE_TRY(const position first, position_of(store, part.name.stream, part.name.first));
  PALABRE_TRY(const position last, position_of(store, part.name.stream, part.name.last));
  PALABRE_TRY(const auto before, read_unfreed(store));
  std::string row;
  put_int<std::uint64_t>(row, (before ? std::min(before->first, first) : first).value);
  put_int<std::uint64_t>(row, (before ? std::max(before->last, last) : last).value);
  return store.put_meta(unfreed_key, row);
}

result<void> log_archiver::replace_rows(const archived_part& part) {
  const log_store& store = *log_.state_->log.store;
  rocksdb::WriteBatch rows;
  const auto write = [&]() -> result<void> {
    const auto status = store.db().Write(synced_write(), &rows);
    if (!status.ok()) return to_error(status, "archiving");
    rows.Clear();
    return success();
  };
  result<void> written = success();
  PALABRE_TRY(log_.read_stream(part.name.stream, part.name.first - 1, part.records, [&](const committed_record& r) {
    const position_key key = key_of(r.view.at);
    const std::string row = archived_row_of(r, part.name);
    PALABRE_ASSERT(rows.Put(store.family(family_log), {key.data(), key.size()}, row).ok());
    if (rows.Count() >= limits::batch_records_max) written = write();
    return written.has_value();
  }));
  PALABRE_TRY(std::move(written));
  return write();
}

result<void> log_archiver::free_space() {
  const log_store& store = *log_.state_->log.store;
  PALABRE_TRY(const auto range, read_unfreed(store));
  if (!range) return success();
  const position_key first = key_of(range->first), last = key_of(range->last);
  const rocksdb::Slice begin(first.data(), first.size()), end(last.data(), last.size());
  rocksdb::CompactRangeOptions how;
  how.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  auto status = store.db().Flush({}, store.family(family_log));
  if (status.ok()) status = store.db().CompactRange(how, store.family(family_log), &begin, &end);
  if (status.ok()) status = store.db().Delete(synced_write(), store.family(family_meta), unfreed_key);
  if (!status.ok()) return to_error(status, "compacting");
  return success();
}

} // namespace palabre::storage
