#include "storage/batch_writer.hpp"

#include "base/assert.hpp"
#include "storage/log_rows.hpp"

#include <cstring>

namespace palabre::storage {
namespace {

constexpr std::size_t batch_bytes_expected = 256 * 1024;
constexpr std::size_t protection_bytes = 8; // every key and row is checked from here to the memtable and the WAL

bool holds(const expectation& expected, stream_version version) {
  switch (expected.what) {
  case expectation::kind::exactly: return version == expected.version;
  case expectation::kind::any: return true;
  case expectation::kind::even: return version % 2 == 0;
  }
  return false;
}

rocksdb::Slice slice(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

} // namespace

std::size_t batch_writer::digest_hash::operator()(const short_digest& digest) const noexcept {
  std::size_t hash;
  std::memcpy(&hash, digest.data(), sizeof hash);
  return hash;
}

batch_writer::batch_writer(log_store& store, position head, std::uint32_t key_id_max)
    : store_(store), options_(synced_write()), rows_(batch_bytes_expected, 0, protection_bytes, 0), heads_(store),
      head_(head), key_id_max_(key_id_max) {}

result<verdict> batch_writer::judge(append& what) {
  verdict judged;
  PALABRE_TRY(check_keys(what, judged.refused));
  if (judged.refused) return judged;
  PALABRE_TRY(check_versions(what, judged.refused));
  if (judged.refused) return judged;
  judged.first = records_.size();
  for (std::size_t i = 0; i < what.streams.size(); ++i) {
    PALABRE_TRY(take(what.streams[i], *touched_[i]));
  }
  judged.count = records_.size() - judged.first;
  return judged;
}

result<void> batch_writer::check_keys(const append& what, std::optional<error>& refused) const {
  for (const idempotency& key : what.keys) {
    std::optional<done_command> done;
    if (const auto pending = commands_.find(key.scope); pending != commands_.end()) {
      done = pending->second;
    } else {
      PALABRE_TRY(done, store_.find_command(key.scope));
    }
    if (!done) continue;
    if (done->request != key.request)
      refused = {errc::key_reused, "used for another request"};
    else
      refused = {errc::already_done, "position " + std::to_string(done->first.value)};
    break;
  }
  return success();
}

result<void> batch_writer::check_versions(const append& what, std::optional<error>& refused) {
  touched_.clear();
  for (std::size_t i = 0; i < what.streams.size(); ++i) {
    PALABRE_TRY(stream_heads::entry* const of, heads_.find(what.streams[i].stream));
    touched_.push_back(of);
    if (what.streams[i].expected.what == expectation::kind::any) continue; // an append may have hundreds of these
    stream_version version = of->head.version;
    for (std::size_t earlier = 0; earlier < i; ++earlier) // the same stream twice in one append
      if (touched_[earlier] == of) version += what.streams[earlier].records.size();
    if (!holds(what.streams[i].expected, version)) {
      refused = {errc::version_mismatch, std::to_string(i)};
      break;
    }
  }
  return success();
}

/// Words may have been sealed before their author's erasure was noted, and come here behind its end. So it is looked
/// again, here, where positions are given out: what is shown stands before the end, which wipes it.
result<void> batch_writer::take(stream_append& part, stream_heads::entry& of) {
  heads_.mark_changed(part.stream, of);
  for (auto& [stored, opened] : part.records) {
    head_ = head_.next();
    stream_head& head = of.head;
    complete(stored, head_, head.version + 1, head.hash);
    head = {head.version + 1, head_, hash_of(stored)};
    auto view = decode(stored);
    PALABRE_ASSERT(view && view.value().stream == part.stream); // made by encode(), and for this stream
    const position_key at = key_of(head_);
    put(family_log, view_of(at), stored);
    put(family_stream, view_of(key_of(part.stream, head.version)), view_of(at));
    for (const idempotency& key : view.value().keys) put_command(key);
    note_key(view.value().key_id);
    records_.emplace_back(std::move(stored), std::move(view).value(), head.hash);
    if (opened.empty()) continue;
    PALABRE_TRY(store_.show(records_.back(), std::move(opened)));
  }
  return success();
}

void batch_writer::put_command(const idempotency& key) {
  const done_command done{key.request, key.status, head_, key.records};
  commands_.emplace(key.scope, done);
  put(family_command, as_bytes(key.scope), view_of(row_of(done)));
}

/// The highest id in use stands in the same write as its first use: a ring without it is not this log's.
void batch_writer::note_key(std::uint32_t key_id) {
  if (key_id <= key_id_max_) return;
  key_id_max_ = key_id;
  put(family_meta, key_id_max_key, row_of(key_id));
}

void batch_writer::put(log_family which, std::string_view key, std::string_view row) {
  const auto status = rows_.Put(store_.family(which), slice(key), slice(row));
  PALABRE_ASSERT(status.ok()); // it has no bound of its own
}

result<committed_batch_ptr> batch_writer::write() {
  if (records_.empty()) return committed_batch_ptr{};
  for (const stream_heads::change& changed : heads_.changes())
    put(family_head, view_of(key_of(changed.stream)), view_of(row_of(changed.of->head)));
  const auto status = store_.db().Write(options_, &rows_);
  if (!status.ok()) return to_error(status, "journal");
  rows_.Clear();
  heads_.next_batch();
  commands_.clear();
  auto batch = std::make_shared<committed_batch>();
  batch->records.swap(records_);
  records_.reserve(batch->records.size());
  return committed_batch_ptr{std::move(batch)};
}

} // namespace palabre::storage
