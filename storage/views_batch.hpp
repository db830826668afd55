#pragma once
#include "storage/views_store.hpp"

#include <unordered_map>

namespace rocksdb {
class WriteBatch;
} // namespace rocksdb

namespace palabre::storage {

/// Changes to the views that become visible together, and the checkpoint with them. It answers reads with its own
/// changes first, so that a fold sees what it wrote. Threads: one. Several batches of a store at a time only while it
/// is being built, and if no table is touched by two of them.
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

  /// Changes so far, in bytes (keys and rows, those of edit() as they were then).
  std::size_t bytes() const { return bytes_; }

  /// Writes all changes and the checkpoint atomically, without a sync. The batch is empty afterwards. Errors: io.
  result<void> commit(position checkpoint);
  /// The same without a checkpoint, for a store that is being built.
  result<void> commit_rows();

private:
  struct pending {
    std::optional<std::string> row; ///< nullopt: erased, or known to be absent
    bool changed = false;
  };
  struct key_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const noexcept { return std::hash<std::string_view>{}(key); }
  };
  using overlay = std::unordered_map<std::string, pending, key_hash, std::equal_to<>>;
  result<pending*> look_up(table t, std::string_view key);
  void change(table t, std::string_view key, std::optional<std::string> row);
  result<void> write();
  void tell_hot_rows();

  views_store& store_;
  std::vector<overlay> tables_;
  std::vector<const overlay::value_type*> sorted_; ///< of write(); kept for its memory, as is `rows_`
  std::unique_ptr<rocksdb::WriteBatch> rows_;
  std::size_t bytes_ = 0;
};

} // namespace palabre::storage
