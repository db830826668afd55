#include "storage/log_store.hpp"

#include "base/bytes.hpp"
#include "storage/log_rows.hpp"

#include <algorithm>
#include <cstring>

namespace palabre::storage {
namespace {

// An iterator keeps the files of its time alive; long scans begin a new one now and then, so that disk space comes
// back.
constexpr std::uint64_t records_per_iterator = 100'000;

constexpr std::size_t records_per_multi_get = 128;

error row_damaged(std::string_view family) {
  return {errc::corrupt, std::string(family) + ": a row has a wrong length"};
}

/// Bytes of the log at `at` → record. They must say themselves that they belong there.
result<record> decode_at(position at, std::string_view stored) {
  auto decoded = decode(stored);
  if (!decoded) return at_position(at, decoded.error());
  if (decoded.value().at != at)
    return at_position(at, {errc::corrupt, "holds the record of position " + std::to_string(decoded.value().at.value)});
  return decoded;
}

/// Visits the rows of an iterator while their positions follow one another from `next` on; `next` ends at the first not
/// visited.
template <class Visit>
result<bool> walk(rocksdb::Iterator& rows, position& next, std::uint64_t count_max, Visit&& visit) {
  for (std::uint64_t i = 0; i < count_max && rows.Valid(); ++i, rows.Next()) {
    const std::optional<position> at = read_position(rows.key().ToStringView());
    if (!at || *at < next) return at_position(next, {errc::corrupt, "its key is damaged"});
    if (*at > next) return at_position(next, {errc::corrupt, "missing"});
    PALABRE_TRY(const bool go_on, visit(*at, rows.value().ToStringView()));
    next = next.next();
    if (!go_on) return false;
  }
  if (!rows.status().ok()) return at_position(next, to_error(rows.status(), "log"));
  return true;
}

rocksdb::ReadOptions scanning_below(const rocksdb::Slice& bound) {
  rocksdb::ReadOptions options = scanning();
  options.iterate_upper_bound = &bound;
  return options;
}

} // namespace

log_store::log_store(std::unique_ptr<rocksdb_instance> instance)
    : instance_(std::move(instance)),
      archive_(std::make_unique<segment_archive>(archive_directory(instance_->db().GetName()))) {}

error at_position(position at, const error& what) {
  return {what.code, "position " + std::to_string(at.value) + ": " + what.context};
}

result<void> log_store::unseal(committed_record& found) const {
  if (found.view.key_id == 0 || !opener_) return success();
  auto payload = opener_->open(found.view);
  if (!payload) return at_position(found.view.at, payload.error());
  found.show(std::move(payload).value());
  return success();
}

result<void> log_store::show(committed_record& sealed, std::string opened) const {
  if (opener_ && !opener_->opens(sealed.view.key_id)) return unseal(sealed);
  sealed.show(std::move(opened));
  return success();
}

/// Answers the hash of the record. What was archived comes from its segment: `stored` and `view` become the record's.
result<sha256_digest> log_store::take_apart(position at, std::string& stored, record& view,
                                            event_log::archived how) const {
  PALABRE_TRY(view, decode_at(at, stored));
  const sha256_digest hash = chain_hash_of(view, stored);
  if (!is_archived(view) || how == event_log::archived::as_rows) return hash;
  const segment_name where = segment_of(view);
  auto bytes = archive_->read(where, view.version);
  if (!bytes) return at_position(at, bytes.error());
  if (!bytes.value()) {
    if (how == event_log::archived::as_rows_if_away) return hash;
    return at_position(at, {errc::not_found, "archived in " + archive_->path_of(where) + ", which is not there"});
  }
  if (hash_of(*bytes.value()) != hash)
    return at_position(at, {errc::corrupt, archive_->path_of(where) + " does not hold the record that was archived"});
  stored = std::move(*bytes.value());
  PALABRE_TRY(view, decode_at(at, stored));
  return hash;
}

result<committed_record> log_store::make_committed(position at, std::string stored) const {
  record view;
  PALABRE_TRY(const sha256_digest hash, take_apart(at, stored, view, event_log::archived::wanted));
  committed_record made{std::move(stored), std::move(view), hash};
  PALABRE_TRY(unseal(made));
  return made;
}

result<bool> log_store::get(log_family which, std::string_view key, rocksdb::PinnableSlice& row) const {
  const auto status = db().Get(rocksdb::ReadOptions{}, family(which), rocksdb::Slice(key.data(), key.size()), &row);
  if (status.IsNotFound()) return false;
  if (!status.ok()) return to_error(status, family(which)->GetName());
  return true;
}

result<position> log_store::last() const {
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  const std::unique_ptr<rocksdb::Iterator> rows{db().NewIterator(options, family(family_log))};
  rows->SeekToLast();
  if (!rows->status().ok()) return to_error(rows->status(), "the end of the log");
  if (!rows->Valid()) return position{};
  const std::optional<position> at = read_position(rows->key().ToStringView());
  if (!at) return row_damaged("log");
  return *at;
}

position log_store::last_readable() const {
  const std::unique_ptr<rocksdb::Iterator> rows{db().NewIterator(scanning(), family(family_log))};
  rows->SeekToFirst();
  position next{1};
  const auto any = [](position, std::string_view) -> result<bool> { return true; };
  const auto ignored = walk(*rows, next, UINT64_MAX, any);
  static_cast<void>(ignored);
  return {next.value - 1};
}

result<std::string> log_store::read_row(position at) const {
  const position_key key = key_of(at);
  rocksdb::PinnableSlice row;
  const auto found = get(family_log, view_of(key), row);
  if (!found) return at_position(at, found.error());
  if (!found.value()) return at_position(at, {errc::corrupt, "missing"});
  return row.ToString();
}

result<committed_record> log_store::read(position at) const {
  PALABRE_TRY(std::string row, read_row(at));
  return make_committed(at, std::move(row));
}

/// `show(position, bytes)`, for each row, answers whether to go on.
template <class Show>
result<void> log_store::scan_rows(position after, position last, Show show) const {
  const position_key bound = key_of(last.next());
  const rocksdb::Slice end{bound.data(), bound.size()};
  for (position next = after.next(); next <= last;) {
    const position_key key = key_of(next);
    const position from = next;
    const std::unique_ptr<rocksdb::Iterator> rows{db().NewIterator(scanning_below(end), family(family_log))};
    rows->Seek({key.data(), key.size()});
    PALABRE_TRY(const bool go_on, walk(*rows, next, records_per_iterator, show));
    if (!go_on) return success();
    if (next == from) return at_position(next, {errc::corrupt, "missing"});
  }
  return success();
}

result<void> log_store::scan(position after, position last, const record_visitor& visit,
                             event_log::archived how) const {
  committed_record current{std::string{}, record{}, sha256_digest{}}; // one for all: its bytes are reused
  return scan_rows(after, last, [&](position at, std::string_view stored) -> result<bool> {
    current.stored.assign(stored);
    current.opened.clear();
    PALABRE_TRY(current.hash, take_apart(at, current.stored, current.view, how));
    PALABRE_TRY(unseal(current));
    return visit(current);
  });
}

result<void> log_store::scan_in_place(position after, position last, const place_visitor& visit,
                                      event_log::archived how) const {
  std::string moved, opened; // for all: their bytes are reused
  return scan_rows(after, last, [&](position at, std::string_view stored) -> result<bool> {
    PALABRE_TRY(record r, decode_at(at, stored));
    if (is_archived(r) && how != event_log::archived::as_rows) {
      moved.assign(stored);
      PALABRE_TRY(take_apart(at, moved, r, how));
      stored = moved;
    }
    if (r.key_id != 0 && opener_) {
      auto payload = opener_->open(r);
      if (!payload) return at_position(at, payload.error());
      opened = std::move(payload).value();
      r.payload = opened;
    }
    return visit(r, stored);
  });
}

result<void> log_store::read_stream(const stream_id& stream, stream_version after, std::size_t count_max, position last,
                                    const record_visitor& visit) const {
  if (after == UINT64_MAX || count_max == 0) return success();
  const version_key first = key_of(stream, after + 1), greatest = key_of(stream, UINT64_MAX);
  const rocksdb::Slice end{greatest.data(), greatest.size()};
  rocksdb::ReadOptions options;
  options.prefix_same_as_start = true;
  options.iterate_upper_bound = &end;
  const std::unique_ptr<rocksdb::Iterator> rows{db().NewIterator(options, family(family_stream))};
  rows->Seek({first.data(), first.size()});
  std::vector<position> found;
  for (std::size_t count = 0; rows->Valid() && count < count_max; rows->Next(), ++count) {
    const std::optional<position> at = read_position(rows->value().ToStringView());
    if (!at) return row_damaged("stream");
    if (*at > last) break;
    found.push_back(*at);
    if (found.size() < records_per_multi_get) continue;
    PALABRE_TRY(const bool go_on, visit_positions(found, visit));
    if (!go_on) return success();
    found.clear();
  }
  if (!rows->status().ok()) return to_error(rows->status(), "stream");
  PALABRE_TRY(visit_positions(found, visit));
  return success();
}

result<bool> log_store::visit_positions(const std::vector<position>& at, const record_visitor& visit) const {
  std::array<position_key, records_per_multi_get> bytes;
  std::array<rocksdb::Slice, records_per_multi_get> keys;
  std::array<rocksdb::PinnableSlice, records_per_multi_get> rows;
  std::array<rocksdb::Status, records_per_multi_get> statuses;
  for (std::size_t i = 0; i < at.size(); ++i) {
    bytes[i] = key_of(at[i]);
    keys[i] = {bytes[i].data(), bytes[i].size()};
  }
  db().MultiGet(rocksdb::ReadOptions{}, family(family_log), at.size(), keys.data(), rows.data(), statuses.data(), true);
  for (std::size_t i = 0; i < at.size(); ++i) {
    if (statuses[i].IsNotFound()) return at_position(at[i], {errc::corrupt, "missing"});
    if (!statuses[i].ok()) return at_position(at[i], to_error(statuses[i], "log"));
    PALABRE_TRY(const committed_record current, make_committed(at[i], rows[i].ToString()));
    if (!visit(current)) return false;
  }
  return true;
}

result<stream_head> log_store::head_of(const stream_id& stream) const {
  const stream_key key = key_of(stream);
  rocksdb::PinnableSlice row;
  PALABRE_TRY(const bool found, get(family_head, view_of(key), row));
  if (!found) return stream_head{};
  const std::optional<stream_head> head = read_head(row.ToStringView());
  if (!head) return row_damaged("head");
  return *head;
}

result<void> log_store::scan_heads(const std::function<bool(const stream_id&, const stream_head&)>& visit) const {
  const std::unique_ptr<rocksdb::Iterator> rows{db().NewIterator(scanning(), family(family_head))};
  for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
    const std::optional<stream_id> stream = read_stream_id(rows->key().ToStringView());
    const std::optional<stream_head> head = read_head(rows->value().ToStringView());
    if (!stream || !head) return row_damaged("head");
    if (!visit(*stream, *head)) return success();
  }
  if (!rows->status().ok()) return to_error(rows->status(), "head");
  return success();
}

result<void>
log_store::scan_versions(const std::function<bool(const stream_id&, stream_version, position)>& visit) const {
  const std::unique_ptr<rocksdb::Iterator> rows{db().NewIterator(scanning(), family(family_stream))};
  for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
    const std::string_view key = rows->key().ToStringView();
    const std::optional<stream_id> stream = read_stream_id(key.substr(0, stream_id_bytes));
    const std::optional<position> at = read_position(rows->value().ToStringView());
    if (key.size() != sizeof(version_key) || !stream || !at) return row_damaged("stream");
    if (!visit(*stream, get_int<stream_version>(key.data() + stream_id_bytes), *at)) return success();
  }
  if (!rows->status().ok()) return to_error(rows->status(), "stream");
  return success();
}

result<void>
log_store::scan_commands(const std::function<bool(const short_digest&, const done_command&)>& visit) const {
  const std::unique_ptr<rocksdb::Iterator> rows{db().NewIterator(scanning(), family(family_command))};
  short_digest scope;
  for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
    const std::string_view key = rows->key().ToStringView();
    const std::optional<done_command> command = read_command(rows->value().ToStringView());
    if (key.size() != scope.size() || !command) return row_damaged("cmd");
    std::memcpy(scope.data(), key.data(), scope.size());
    if (!visit(scope, *command)) return success();
  }
  if (!rows->status().ok()) return to_error(rows->status(), "cmd");
  return success();
}

result<std::optional<done_command>> log_store::find_command(const short_digest& scope) const {
  rocksdb::PinnableSlice row;
  PALABRE_TRY(const bool found, get(family_command, as_bytes(scope), row));
  if (!found) return std::optional<done_command>{};
  const std::optional<done_command> command = read_command(row.ToStringView());
  if (!command) return row_damaged("cmd");
  return command;
}

result<std::optional<position>> log_store::find_version(const stream_id& stream, stream_version version) const {
  const version_key key = key_of(stream, version);
  rocksdb::PinnableSlice row;
  PALABRE_TRY(const bool found, get(family_stream, view_of(key), row));
  if (!found) return std::optional<position>{};
  const std::optional<position> at = read_position(row.ToStringView());
  if (!at) return row_damaged("stream");
  return at;
}

result<std::optional<std::string>> log_store::find_meta(std::string_view key) const {
  rocksdb::PinnableSlice row;
  PALABRE_TRY(const bool found, get(family_meta, key, row));
  if (!found) return std::optional<std::string>{};
  return std::optional<std::string>{row.ToString()};
}

result<void> log_store::put_meta(std::string_view key, std::string_view value) {
  const auto status = db().Put(synced_write(), family(family_meta), rocksdb::Slice(key.data(), key.size()),
                               rocksdb::Slice(value.data(), value.size()));
  if (!status.ok()) return to_error(status, "meta");
  return success();
}

} // namespace palabre::storage
