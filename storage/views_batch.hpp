#pragma once
#include "storage/known_rows.hpp"
#include "storage/views_store.hpp"

namespace rocksdb {
class WriteBatch;
} // namespace rocksdb

namespace palabre::storage {

/// Changes to the views that become visible together, and the checkpoint with them. It answers reads with its own
/// changes first, so that a fold sees what it wrote. Threads: one. Several batches of a store at a time only while it
/// is being built, and if no table is touched by two of them.
class views_batch {
public:
  /// `kept_bytes_max`: so much of each table is remembered over commits, and forgotten when there is more. Requires: 0,
  /// unless this is the only writer of the tables that it touches, and the store's rows are never exchanged.
  explicit views_batch(views_store& store, std::size_t kept_bytes_max = 0);
  ~views_batch();
  views_batch(const views_batch&) = delete;

  /// Errors: io, corrupt.
  result<std::optional<std::string>> get(table t, std::string_view key);
  /// The same without a copy; nullptr: no such row. Valid until the row is changed, or the next commit.
  result<const std::string*> find(table t, std::string_view key);
  /// The row, to be changed where it is, which it counts as from now on; nullptr: no such row. Valid until the row is
  /// changed otherwise, or the next commit.
  result<std::string*> edit(table t, std::string_view key);
  void put(table t, std::string_view key, std::string row);
  void erase(table t, std::string_view key);

  /// To read what is written: for a fold that needs a range.
  const views_store& store() const { return store_; }

  /// Changes so far, in bytes (keys and rows, those of edit() as they were then).
  std::size_t bytes() const { return bytes_; }

  /// Writes all changes and the checkpoint atomically, without a sync. The batch is empty afterwards. Errors: io.
  result<void> commit(position checkpoint);
  /// The same without a checkpoint, for a store that is being built.
  result<void> commit_rows();

private:
  result<known_rows::entry*> look_up(table t, std::string_view key);
  void change(table t, std::string_view key, std::optional<std::string> row);
  result<void> write();
  void tell_hot_rows();
  void forget();

  views_store& store_;
  const std::size_t kept_bytes_max_;
  std::vector<known_rows> tables_;
  std::unique_ptr<rocksdb::WriteBatch> rows_; ///< of write(); kept for its memory
  std::size_t bytes_ = 0;
};

} // namespace palabre::storage
