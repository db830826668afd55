#include "storage/views_batch.hpp"

#include "storage/log_rows.hpp"
#include "storage/row_files.hpp"
#include "storage/views_store_state.hpp"

#include <rocksdb/write_batch.h>

#include <algorithm>

namespace palabre::storage {

using maybe_row = std::optional<std::string>;

views_batch::views_batch(views_store& store)
    : store_(store), tables_(store.state_->rows.pin()->tables), rows_(std::make_unique<rocksdb::WriteBatch>()) {}
views_batch::~views_batch() = default;

result<known_rows::entry*> views_batch::look_up(table t, std::string_view key) {
  PALABRE_ASSERT(t < tables_.size() && tables_[t].added.empty());
  PALABRE_ASSERT(handed_over_.empty() || handed_over_[t].added.empty());
  known_rows& known = tables_[t].known;
  if (auto* const found = known.find(key)) return found;
  if (!handed_over_.empty())
    if (const auto* const found = handed_over_[t].known.find(key)) return &known.add(key, found->row);
  PALABRE_TRY(auto stored, store_.get(t, key));
  return &known.add(key, std::move(stored));
}

result<const std::string*> views_batch::find(table t, std::string_view key) {
  PALABRE_TRY(const auto* const found, look_up(t, key));
  return found->row ? &*found->row : nullptr;
}

result<maybe_row> views_batch::get(table t, std::string_view key) {
  PALABRE_TRY(const auto* const found, look_up(t, key));
  return found->row;
}

result<std::string*> views_batch::edit(table t, std::string_view key) {
  PALABRE_TRY(auto* const found, look_up(t, key));
  if (!found->row) return nullptr;
  if (!found->changed) {
    bytes_ += key.size() + found->row->size();
    tables_[t].known.note_change(*found);
  }
  return &*found->row;
}

void views_batch::change(table t, std::string_view key, maybe_row row) {
  PALABRE_ASSERT(t < tables_.size() && tables_[t].added.empty());
  known_rows& known = tables_[t].known;
  const std::size_t row_bytes = row ? row->size() : 0;
  auto* now = known.find(key);
  if (now == nullptr) {
    bytes_ += key.size() + row_bytes;
    return known.note_change(known.add(key, std::move(row)));
  }
  if (!now->changed) {
    if (!now->row && !row) return; // nothing there to erase
    bytes_ += key.size();
    known.note_change(*now);
  } else if (now->row) {
    bytes_ -= std::min(bytes_, now->row->size()); // it may have grown since it was counted
  }
  bytes_ += row_bytes;
  now->row = std::move(row);
}

void views_batch::put(table t, std::string_view key, std::string row) {
  change(t, key, std::move(row));
}
void views_batch::erase(table t, std::string_view key) {
  change(t, key, std::nullopt);
}
void views_batch::add(table t, std::string_view key, std::string_view row) {
  PALABRE_ASSERT(t < tables_.size() && tables_[t].known.bytes() == 0);
  bytes_ += key.size() + row.size();
  tables_[t].added.add(key, row);
}

/// Rows in the order of their keys: RocksDB's tables in memory find the place of a row from that of the one before.
result<void> views_batch::commit(position checkpoint) {
  if (!handed_over_.empty()) return commit_rows(); // what was handed over must not be written after it
  const views_rows& store = store_.state_->rows.own();
  const position_key at = key_of(checkpoint);
  auto status = rows_->Put(store.instance->family(views_family_meta), slice(views_checkpoint_key), slice(view_of(at)));
  for (table t = 0; t < tables_.size(); ++t) {
    for (const auto* changed : tables_[t].known.changed_in_order()) {
      if (!status.ok()) break;
      status = changed->row ? rows_->Put(store.family(t), slice(changed->key()), *changed->row)
                            : rows_->Delete(store.family(t), slice(changed->key()));
    }
    added_rows& added = tables_[t].added;
    for (const auto& place : added.in_order())
      if (status.ok()) status = rows_->Put(store.family(t), slice(added.key_at(place)), slice(added.row_at(place)));
  }
  if (status.ok()) status = write_and_tell_hot_rows();
  rows_->Clear();
  forget();
  if (!status.ok()) return to_error(status, "views");
  return success();
}

/// Who reads a lower table first and a higher one after it never gets the new row of the one with the old row of the
/// other (projections/tables.hpp, `hot`). The lower one's may come from the store, or from memory: so before the store
/// has the new rows, memory has no old ones of a higher table; and after that, memory learns the higher ones first. The
/// lowest one's rows are found meanwhile, but nobody takes one that is not there from memory, nor takes what memory has
/// for of one moment with what the store has (hot_rows::is_as_of).
rocksdb::Status views_batch::write_and_tell_hot_rows() {
  const views_rows& store = store_.state_->rows.own();
  bool has_lower = false;
  for (table t = 0; t < tables_.size(); ++t) {
    hot_rows* const hot = store.hot_rows_of(t);
    PALABRE_ASSERT(hot == nullptr || tables_[t].added.empty());
    if (hot == nullptr || tables_[t].known.changed().empty()) continue;
    hot->begin_changes();
    const bool is_lowest = !std::exchange(has_lower, true);
    for (const auto* changed : tables_[t].known.changed())
      is_lowest ? hot->begin_change_if_absent(changed->key()) : hot->begin_change(changed->key());
  }
  const auto status = store.instance->db().Write(store.writing, rows_.get());
  for (table t = tables_.size(); t-- > 0;) {
    hot_rows* const hot = store.hot_rows_of(t);
    if (hot == nullptr) continue;
    if (status.ok())
      for (const auto* changed : tables_[t].known.changed()) hot->change(changed->key(), changed->row);
    hot->end_changes();
  }
  return status;
}

void views_batch::forget() {
  for (table_changes& each : tables_) {
    each.known.forget_all();
    each.added.forget_all();
  }
  bytes_ = 0;
}

// ---- Building

std::size_t views_batch::known_bytes() const {
  std::size_t bytes = 0;
  for (const table_changes& each : tables_) bytes += each.known.bytes() + each.added.bytes();
  return bytes;
}

result<void> views_batch::written() {
  return writing_.valid() ? writing_.get() : success();
}

result<void> views_batch::hand_over() {
  PALABRE_ASSERT(store_.state_->rows.own().hot.empty()); // rows in memory are not told of whole files
  PALABRE_TRY(written());
  handed_over_.resize(tables_.size());
  std::swap(tables_, handed_over_);
  forget();
  writing_ =
      std::async(std::launch::async, [this] { return write_row_files(store_.state_->rows.own(), handed_over_); });
  return success();
}

result<void> views_batch::commit_rows() {
  PALABRE_TRY(hand_over());
  return written();
}

} // namespace palabre::storage
