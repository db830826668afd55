#include "storage/views_batch.hpp"

#include "storage/log_rows.hpp"
#include "storage/views_store_state.hpp"

#include <rocksdb/write_batch.h>

#include <algorithm>

namespace palabre::storage {

using maybe_row = std::optional<std::string>;

views_batch::views_batch(views_store& store)
    : store_(store), tables_(store.state_->rows.pin()->tables), rows_(std::make_unique<rocksdb::WriteBatch>()) {}
views_batch::~views_batch() = default;

result<views_batch::pending*> views_batch::look_up(table t, std::string_view key) {
  PALABRE_ASSERT(t < tables_.size());
  overlay& rows = tables_[t];
  auto found = rows.find(key);
  if (found == rows.end()) {
    PALABRE_TRY(auto stored, store_.get(t, key));
    found = rows.emplace(key, pending{std::move(stored), false}).first;
  }
  return &found->second;
}

result<const std::string*> views_batch::find(table t, std::string_view key) {
  PALABRE_TRY(const pending* const found, look_up(t, key));
  return found->row ? &*found->row : nullptr;
}

result<maybe_row> views_batch::get(table t, std::string_view key) {
  PALABRE_TRY(const pending* const found, look_up(t, key));
  return found->row;
}

result<std::string*> views_batch::edit(table t, std::string_view key) {
  PALABRE_TRY(pending* const found, look_up(t, key));
  if (!found->row) return nullptr;
  if (!found->changed) bytes_ += key.size() + found->row->size();
  found->changed = true;
  return &*found->row;
}

void views_batch::change(table t, std::string_view key, maybe_row row) {
  PALABRE_ASSERT(t < tables_.size());
  overlay& rows = tables_[t];
  auto found = rows.find(key);
  const bool known = found != rows.end();
  if (!known) found = rows.emplace(key, pending{}).first;
  pending& now = found->second;
  if (known && !now.changed && !now.row && !row) return; // nothing there to erase
  if (!now.changed)
    bytes_ += key.size();
  else if (now.row)
    bytes_ -= std::min(bytes_, now.row->size()); // it may have grown where it is since it was counted
  if (row) bytes_ += row->size();
  now.row = std::move(row);
  now.changed = true;
}

void views_batch::put(table t, std::string_view key, std::string row) {
  change(t, key, std::move(row));
}
void views_batch::erase(table t, std::string_view key) {
  change(t, key, std::nullopt);
}

result<void> views_batch::commit(position checkpoint) {
  const position_key at = key_of(checkpoint);
  const auto status = rows_->Put(store_.state_->rows.own().instance->family(views_family_meta),
                                 slice(views_checkpoint_key), slice(view_of(at)));
  if (!status.ok()) return to_error(status, "views");
  return write();
}

result<void> views_batch::commit_rows() {
  return write();
}

/// Rows in the order of their keys: RocksDB's tables in memory find the place of a row from that of the one before.
result<void> views_batch::write() {
  const views_rows& store = store_.state_->rows.own();
  rocksdb::Status status;
  for (table t = 0; t < tables_.size(); ++t) {
    sorted_.clear();
    for (const auto& entry : tables_[t])
      if (entry.second.changed) sorted_.push_back(&entry);
    std::sort(sorted_.begin(), sorted_.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
    for (const auto* entry : sorted_) {
      const auto& [key, change] = *entry;
      if (!status.ok()) break;
      status = change.row ? rows_->Put(store.family(t), key, *change.row) : rows_->Delete(store.family(t), key);
    }
  }
  if (status.ok()) status = store.instance->db().Write(store.writing, rows_.get());
  rows_->Clear();
  if (status.ok()) tell_hot_rows();
  for (overlay& rows : tables_) rows.clear();
  bytes_ = 0;
  if (!status.ok()) return to_error(status, "views");
  return success();
}

/// Tables in descending order: who reads a lower one first and a higher one after it never gets the new row of the one
/// with the old row of the other (projections/tables.hpp, `hot`).
void views_batch::tell_hot_rows() {
  for (table t = tables_.size(); t-- > 0;) {
    hot_rows* const hot = store_.state_->rows.own().hot_rows_of(t);
    if (hot == nullptr) continue;
    for (const auto& [key, change] : tables_[t])
      if (change.changed) hot->change(key, change.row);
  }
}

} // namespace palabre::storage
