#include "storage/views_store.hpp"

#include "base/bytes.hpp"
#include "storage/log_rows.hpp"
#include "storage/views_store_state.hpp"

#include <rocksdb/write_batch.h>

#include <algorithm>

namespace palabre::storage {
namespace {

using maybe_row = std::optional<std::string>;

/// Of a snapshot: of all that stands in front of it in its row, and of the stream that it is about.
sha256_digest digest_of(const stream_id& stream, std::string_view bytes) {
  std::string all(view_of(key_of(stream)));
  all += bytes;
  return sha256(all);
}

std::string row_of(const stream_id& stream, const views_store::snapshot& what) {
  std::string row;
  row.reserve(sizeof what.version + 2 * sizeof what.at + what.state.size());
  put_int(row, what.version);
  row += as_bytes(what.at);
  row += what.state;
  row += as_bytes(digest_of(stream, row));
  return row;
}

std::optional<views_store::snapshot> snapshot_in(const stream_id& stream, std::string_view row) {
  views_store::snapshot found;
  constexpr std::size_t fixed = sizeof found.version + sizeof found.at;
  constexpr std::size_t digest_bytes = sizeof(sha256_digest);
  if (row.size() < fixed + digest_bytes) return std::nullopt;
  const std::string_view before = row.substr(0, row.size() - digest_bytes);
  if (as_bytes(digest_of(stream, before)) != row.substr(before.size())) return std::nullopt;
  found.version = get_int<stream_version>(row.data());
  std::copy_n(row.data() + sizeof found.version, found.at.size(), found.at.begin());
  found.state = before.substr(fixed);
  return found;
}

} // namespace

result<maybe_row> views_rows::get(std::size_t family, std::string_view key) const {
  maybe_row row{std::in_place};
  const auto status = instance->db().Get(rocksdb::ReadOptions{}, instance->family(family), slice(key), &*row);
  if (status.IsNotFound()) return maybe_row{};
  if (!status.ok()) return to_error(status, "views");
  return row;
}

result<void> views_rows::visit_many(std::size_t family, const flat_strings& keys, const visit_row& visit) const {
  std::vector<rocksdb::Slice> asked;
  asked.reserve(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) asked.push_back(slice(keys[i]));
  std::vector<rocksdb::PinnableSlice> found(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  instance->db().MultiGet(rocksdb::ReadOptions{}, instance->family(family), keys.size(), asked.data(), found.data(),
                          statuses.data());
  for (const rocksdb::Status& each : statuses)
    if (!each.ok() && !each.IsNotFound()) return to_error(each, "views");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    PALABRE_TRY(visit(i, statuses[i].ok() ? std::optional(found[i].ToStringView()) : std::nullopt));
  }
  return success();
}

result<void> views_rows::put(std::size_t family, std::string_view key, std::string_view row) const {
  const auto status = instance->db().Put(writing, instance->family(family), slice(key), slice(row));
  if (!status.ok()) return to_error(status, "views");
  return success();
}

views_store::views_store(std::unique_ptr<state> of) : state_(std::move(of)) {}
views_store::~views_store() = default;

bool views_store::was_emptied() const {
  return state_->was_emptied;
}

std::string views_store::directory() const {
  return state_->rows.pin()->directory;
}

store_usage views_store::usage() const {
  return usage_of(*state_->rows.pin()->instance);
}

void views_store::keep_hot(table t, std::size_t rows_max) {
  views_rows& rows = state_->rows.own();
  PALABRE_ASSERT(t < rows.tables);
  rows.hot.emplace(t, std::make_unique<hot_rows>(rows_max));
  state_->kept_hot.emplace_back(t, rows_max);
}

std::unique_ptr<views_store> views_store::exchange(std::unique_ptr<views_store> fresh) {
  PALABRE_ASSERT(fresh->state_->rows.own().tables == state_->rows.own().tables);
  for (const auto& [t, rows_max] : state_->kept_hot) fresh->keep_hot(t, rows_max);
  state_->rows.exchange(fresh->state_->rows);
  return fresh;
}

result<position> views_store::checkpoint() const {
  PALABRE_TRY(const maybe_row row, state_->rows.pin()->get(views_family_meta, views_checkpoint_key));
  if (!row) return position{};
  const std::optional<position> at = read_position(*row);
  if (!at) return error{errc::corrupt, "views: the checkpoint is not a position"};
  return *at;
}

result<std::string> views_store::fingerprint() const {
  PALABRE_TRY(auto row, state_->rows.pin()->get(views_family_meta, views_fingerprint_key));
  return row.value_or(std::string{});
}

result<maybe_row> views_store::get(table t, std::string_view key) const {
  const auto rows = state_->rows.pin();
  PALABRE_ASSERT(t < rows->tables);
  hot_rows* const hot = rows->hot_rows_of(t);
  if (hot == nullptr) return rows->get(views_family_tables + t, key);
  if (const auto kept = hot->find(key)) return *kept;
  const std::uint64_t changes = hot->changes();
  PALABRE_TRY(auto row, rows->get(views_family_tables + t, key));
  hot->keep(key, row, changes);
  return row;
}

result<void> views_store::visit_many(table t, const flat_strings& keys, const visit_row& visit) const {
  const auto pinned = state_->rows.pin();
  PALABRE_ASSERT(t < pinned->tables);
  hot_rows* const hot = pinned->hot_rows_of(t);
  if (hot == nullptr) return pinned->visit_many(views_family_tables + t, keys, visit);
  const std::uint64_t changes = hot->changes();
  const auto kept = hot->find(keys);
  flat_strings missing;
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (!kept[i]) missing.push_back(keys[i]);
  std::vector<maybe_row> stored(missing.size());
  if (!missing.empty()) {
    PALABRE_TRY(
        pinned->visit_many(views_family_tables + t, missing, [&](std::size_t i, std::optional<std::string_view> row) {
          stored[i] = row;
          return success();
        }));
    hot->keep(missing, stored, changes);
  }
  if (missing.size() < keys.size() && !hot->is_as_of(changes)) // what was kept may be of before and after a commit
    return pinned->visit_many(views_family_tables + t, keys, visit);
  auto next = stored.begin();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    PALABRE_TRY(visit(i, kept[i] ? *kept[i] : *next++));
  }
  return success();
}

result<std::vector<std::size_t>>
views_store::choose(table t, const flat_strings& keys,
                    const std::function<bool(std::optional<std::string_view>)>& is_wanted) const {
  const auto pinned = state_->rows.pin();
  PALABRE_ASSERT(t < pinned->tables);
  hot_rows* const hot = pinned->hot_rows_of(t);
  std::vector<std::size_t> chosen, missing;
  if (hot == nullptr) {
    PALABRE_TRY(pinned->visit_many(views_family_tables + t, keys, [&](std::size_t place, const auto& row) {
      if (is_wanted(row)) chosen.push_back(place);
      return success();
    }));
    return chosen;
  }
  const std::uint64_t changes = hot->changes();
  hot->look_at(keys, [&](std::size_t place, const maybe_row* kept) {
    if (kept == nullptr)
      missing.push_back(place);
    else if (is_wanted(*kept))
      chosen.push_back(place);
  });
  if (missing.empty()) return chosen;
  flat_strings asked;
  for (const std::size_t place : missing) asked.push_back(keys[place]);
  std::vector<maybe_row> stored(missing.size());
  PALABRE_TRY(
      pinned->visit_many(views_family_tables + t, asked, [&](std::size_t i, std::optional<std::string_view> row) {
        if (is_wanted(row)) chosen.push_back(missing[i]);
        stored[i] = row;
        return success();
      }));
  hot->keep(asked, stored, changes);
  std::ranges::sort(chosen);
  return chosen;
}

result<std::vector<maybe_row>> views_store::get_many(table t, const flat_strings& keys) const {
  std::vector<maybe_row> rows(keys.size());
  PALABRE_TRY(visit_many(t, keys, [&](std::size_t i, std::optional<std::string_view> row) {
    rows[i] = row;
    return success();
  }));
  return rows;
}

result<std::vector<maybe_row>> views_store::get_along(table t, const flat_strings& keys) const {
  constexpr int steps_max = 8; // about what a look-up costs
  PALABRE_ASSERT(keys.ascend());
  std::vector<maybe_row> rows(keys.size());
  if (keys.empty()) return rows;
  if (keys.size() == 1) {
    PALABRE_TRY(rows.front(), get(t, keys[0]));
    return rows;
  }
  const auto pinned = state_->rows.pin();
  const std::string end = std::string(keys[keys.size() - 1]) + '\0';
  const rocksdb::Slice upper = slice(end);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> at{pinned->instance->db().NewIterator(options, pinned->family(t))};
  at->Seek(slice(keys[0]));
  for (std::size_t i = 0; i < keys.size() && at->Valid(); ++i) {
    for (int step = 0; at->Valid() && at->key().compare(slice(keys[i])) < 0; ++step)
      step < steps_max ? at->Next() : at->Seek(slice(keys[i]));
    if (at->Valid() && at->key() == slice(keys[i])) rows[i] = at->value().ToString();
  }
  if (!at->status().ok()) return to_error(at->status(), "views");
  return rows;
}

result<void> views_store::range(table t, std::string_view first, std::string_view end, bool ascending,
                                const std::function<bool(std::string_view, std::string_view)>& visit) const {
  const auto pinned = state_->rows.pin();
  const rocksdb::Slice lower = slice(first), upper = slice(end);
  rocksdb::ReadOptions options;
  options.iterate_lower_bound = &lower;
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> rows{pinned->instance->db().NewIterator(options, pinned->family(t))};
  ascending ? rows->Seek(lower) : rows->SeekToLast();
  while (rows->Valid() && visit(rows->key().ToStringView(), rows->value().ToStringView()))
    ascending ? rows->Next() : rows->Prev();
  if (!rows->status().ok()) return to_error(rows->status(), "views");
  return success();
}

result<std::optional<views_store::snapshot>> views_store::find_snapshot(const stream_id& stream) const {
  const auto row = state_->rows.pin()->get(views_family_snapshot, view_of(key_of(stream)));
  if (!row && row.error().code != errc::corrupt) return row.error();
  if (!row || !row.value()) return std::optional<snapshot>{};
  return snapshot_in(stream, *row.value());
}

result<void> views_store::put_snapshot(const stream_id& stream, const snapshot& what) {
  return state_->rows.pin()->put(views_family_snapshot, view_of(key_of(stream)), row_of(stream, what));
}

result<void> views_store::erase_snapshot(const stream_id& stream) {
  const auto pinned = state_->rows.pin();
  const auto key = key_of(stream);
  const auto status = pinned->instance->db().Delete(pinned->writing, pinned->instance->family(views_family_snapshot),
                                                    slice(view_of(key)));
  if (!status.ok()) return to_error(status, "views");
  return success();
}

result<void> views_store::forget_old_rows() {
  const auto pinned = state_->rows.pin();
  rocksdb::DB& db = pinned->instance->db();
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  for (std::size_t i = 0; i < views_family_tables + pinned->tables; ++i)
    families.push_back(pinned->instance->family(i));
  auto status = db.Flush(rocksdb::FlushOptions{}, families); // of all: the last of them lets the old WAL go
  rocksdb::CompactRangeOptions all;
  all.exclusive_manual_compaction = false; // writers must not wait for it
  all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  for (rocksdb::ColumnFamilyHandle* family : families)
    if (status.ok()) status = db.CompactRange(all, family, nullptr, nullptr);
  if (!status.ok()) return to_error(status, "views");
  return success();
}

result<void> views_store::take_snapshots_of(const views_store& other) {
  constexpr std::size_t batch_bytes_max = 1024 * 1024;
  const auto to = state_->rows.pin(), from = other.state_->rows.pin();
  rocksdb::WriteBatch batch;
  const auto write = [&]() -> result<void> {
    const auto status = to->instance->db().Write(to->writing, &batch);
    batch.Clear();
    if (!status.ok()) return to_error(status, "views");
    return success();
  };
  const std::unique_ptr<rocksdb::Iterator> rows{
      from->instance->db().NewIterator(scanning(), from->instance->family(views_family_snapshot))};
  for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
    const auto status = batch.Put(to->instance->family(views_family_snapshot), rows->key(), rows->value());
    if (!status.ok()) return to_error(status, "views");
    if (batch.GetDataSize() < batch_bytes_max) continue;
    PALABRE_TRY(write());
  }
  if (!rows->status().ok()) return to_error(rows->status(), "the snapshots of the views");
  return write();
}

} // namespace palabre::storage
