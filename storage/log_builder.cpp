#include "storage/log_builder.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "storage/log_rows.hpp"
#include "storage/stream_chain.hpp"
#include "storage/watermark.hpp"

#include <filesystem>

namespace palabre::storage {
namespace {

constexpr std::size_t rows_per_record = 3; // of the families log, stream and head; few have a row of cmd

rocksdb::Slice slice(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

/// All of it is flushed at the end, and before that nobody may use it: a WAL would only cost.
rocksdb::WriteOptions unlogged_write() {
  rocksdb::WriteOptions o;
  o.disableWAL = true;
  return o;
}

} // namespace

result<std::unique_ptr<log_builder>> log_builder::create(const std::string& directory, const std::string& epoch) {
  PALABRE_TRY(const bool is_there, find_rocksdb(directory, *rocksdb::Env::Default()));
  if (is_there) return error{errc::conflict, directory + " holds a log"};
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  if (failed) return error{errc::io, directory + ": " + failed.message()};
  rocksdb::DBOptions options = log_options();
  options.create_if_missing = true;
  PALABRE_TRY(auto instance, rocksdb_instance::open(options, directory, log_families()));
  return std::unique_ptr<log_builder>{new log_builder(std::move(instance), epoch)};
}

log_builder::log_builder(std::unique_ptr<rocksdb_instance> instance, const std::string& epoch)
    : store_(std::make_unique<log_store>(std::move(instance))), heads_(*store_) {
  put(family_meta, format_key, log_format);
  put(family_meta, epoch_key, epoch);
}

void log_builder::put(log_family which, std::string_view key, std::string_view row) {
  const auto status = rows_.Put(store_->family(which), slice(key), slice(row));
  PALABRE_ASSERT(status.ok()); // it has no bound of its own
}

result<void> log_builder::add(const record& r, std::string_view stored, const sha256_digest& hash) {
  if (r.at != head_.next())
    return at_position(head_.next(), {errc::corrupt, "the record that comes is of " + std::to_string(r.at.value)});
  PALABRE_TRY(stream_heads::entry* const of, heads_.find(r.stream));
  if (const char* wrong = contradiction(of->head, r)) return at_position(r.at, {errc::corrupt, wrong});
  heads_.mark_changed(r.stream, *of);
  of->head = {r.version, r.at, hash};
  const position_key at = key_of(r.at);
  put(family_log, view_of(at), stored);
  put(family_stream, view_of(key_of(r.stream, r.version)), view_of(at));
  for (const idempotency& key : r.keys)
    put(family_command, as_bytes(key.scope), view_of(row_of(done_command{key.request, key.status, r.at, key.records})));
  note_key_id(r.key_id);
  head_ = r.at;
  hash_ = hash;
  if (rows_.Count() >= rows_per_record * limits::batch_records_max || rows_.GetDataSize() > limits::batch_bytes_max)
    return write();
  return success();
}

void log_builder::note_key_id(std::uint32_t key_id) {
  if (key_id <= key_id_max_) return;
  key_id_max_ = key_id;
  put(family_meta, key_id_max_key, row_of(key_id));
}

result<void> log_builder::write() {
  for (const stream_heads::change& changed : heads_.changes())
    put(family_head, view_of(key_of(changed.stream)), view_of(row_of(changed.of->head)));
  const auto status = store_->db().Write(unlogged_write(), &rows_);
  if (!status.ok()) return to_error(status, "building the log");
  rows_.Clear();
  heads_.next_batch();
  return success();
}

result<void> log_builder::finish() {
  PALABRE_TRY(write());
  for (std::size_t family = 0; family <= family_meta; ++family) {
    const auto status = store_->db().Flush({}, store_->family(static_cast<log_family>(family)));
    if (!status.ok()) return to_error(status, "building the log");
  }
  store_.reset();
  return success();
}

result<void> write_watermark(const std::string& directory, position head, const sha256_digest& hash,
                             const std::string& epoch, bool clean) {
  PALABRE_TRY(auto mark, watermark::open(watermark_path(directory)));
  acked_mark acked;
  acked.head = head;
  acked.hash = hash;
  acked.epoch = epoch;
  acked.clean = clean;
  PALABRE_TRY(mark.write(acked));
  return mark.sync();
}

} // namespace palabre::storage
