#pragma once
#include "storage/table_changes.hpp"
#include "storage/views_store.hpp"

#include <future>

namespace rocksdb {
class Status;
class WriteBatch;
} // namespace rocksdb

namespace palabre::storage {

/// Changes to the views that become visible together, and the checkpoint with them. It answers reads with its own
/// changes first, so that a fold sees what it wrote, but for what was added. Threads: one. Several batches of a store
/// at a time only while it is being built, and if no table is touched by two of them.
class views_batch {
public:
  explicit views_batch(views_store& store);
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
  /// The same as put() for a table that no fold asks about or takes from: cheaper, because the row is not found again.
  /// Requires: until the next commit nobody calls anything else of this batch for this table, which is no hot one.
  void add(table t, std::string_view key, std::string_view row);

  /// To read what is written: for a fold that needs a range.
  const views_store& store() const { return store_; }

  /// Changes so far, in bytes (keys and rows, those of edit() as they were then).
  std::size_t bytes() const { return bytes_; }

  /// Writes all changes and the checkpoint atomically, without a sync; a store that is being built gets its checkpoint
  /// at the end. The batch is empty afterwards. Errors: io.
  result<void> commit(position checkpoint);

  // ---- For a store that is being built. Requires: this is the only batch that touches its tables.

  /// What it knows and holds takes so much memory, about; twice that over hand_over().
  std::size_t known_bytes() const;
  /// Has another thread write all changes, and goes on; they are seen by the reads of this batch, and are remembered
  /// until the next time. Errors: io: of what was handed over before.
  result<void> hand_over();
  /// The same, and waits for it: all changes are in the store.
  result<void> commit_rows();

private:
  result<known_rows::entry*> look_up(table t, std::string_view key);
  void change(table t, std::string_view key, std::optional<std::string> row);
  rocksdb::Status write_and_tell_hot_rows();
  void forget();
  result<void> written();

  views_store& store_;
  std::vector<table_changes> tables_;
  std::vector<table_changes> handed_over_;    ///< nobody changes them; empty: nothing was handed over yet
  std::unique_ptr<rocksdb::WriteBatch> rows_; ///< of commit(); kept for its memory
  std::size_t bytes_ = 0;
  std::future<result<void>> writing_; ///< of what was handed over; last: it uses the others
};

} // namespace palabre::storage
