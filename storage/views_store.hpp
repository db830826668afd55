#pragma once
// The views: rows computed from the log, in a RocksDB instance of their own. Never synced; how far they have read the
// log is written in the same batch as the rows, so that after any crash they go on exactly where they were.

#include "base/position.hpp"
#include "base/result.hpp"
#include "storage/record.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rocksdb {
class FileSystem;
} // namespace rocksdb

namespace palabre::storage {

/// A table of the views: a column family. Tables are declared once, by the projection that owns them.
using table = std::size_t; ///< index into the names given to views_store::open

class views_store {
public:
  /// Opens or creates `directory` with one column family per name. A store with other names, or of another
  /// `fingerprint` (log epoch and projection versions), is emptied: the views are derived, the caller reads the log
  /// from checkpoint 0. Errors: io. A damaged store is emptied as well; `was_emptied` tells.
  /// `disk`: where RocksDB keeps its files, for tests that break it; null: the operating system's.
  static result<std::unique_ptr<views_store>> open(const std::string& directory, const std::vector<std::string>& tables,
                                                   const std::string& fingerprint,
                                                   const std::shared_ptr<rocksdb::FileSystem>& disk = nullptr);
  /// Beside a live server or on a stopped store; changes nothing. Errors: not_found (no store there), io, corrupt.
  static result<std::unique_ptr<views_store>> open_read_only(const std::string& directory,
                                                             const std::vector<std::string>& tables);
  ~views_store();

  bool was_emptied() const;

  /// Keeps up to `rows_max` rows of `t` in memory once they were read. Before anyone reads; not for a store opened
  /// read-only.
  void keep_hot(table t, std::size_t rows_max);
  /// The log position up to which the rows are computed.
  result<position> checkpoint() const;
  result<std::string> fingerprint() const;

  // ---- Reading, from any thread. Errors: io, corrupt.
  result<std::optional<std::string>> get(table t, std::string_view key) const;
  /// One answer per key, in their order.
  result<std::vector<std::optional<std::string>>> get_many(table t, const std::vector<std::string>& keys) const;
  /// Rows with first ≤ key < end, ascending, or descending from the greatest below `end`, until `visit` answers false.
  result<void> range(table t, std::string_view first, std::string_view end, bool ascending,
                     const std::function<bool(std::string_view key, std::string_view row)>& visit) const;

  // ---- Snapshots of aggregates: disposable, never authoritative.
  struct snapshot {
    stream_version version = 0;
    std::string state;
  };
  result<std::optional<snapshot>> find_snapshot(const stream_id& stream) const;
  /// From any thread. A snapshot must describe durable records only.
  result<void> put_snapshot(const stream_id& stream, stream_version version, std::string_view state);

private:
  friend class views_batch;
  views_store();
  struct state;
  std::unique_ptr<state> state_;
};

/// Changes to the views that become visible together, and the checkpoint with them. It answers reads with its own
/// changes first, so that a fold sees what it wrote. Threads: one, and one batch of a store at a time.
class views_batch {
public:
  explicit views_batch(views_store& store);

  /// Errors: io, corrupt.
  result<std::optional<std::string>> get(table t, std::string_view key);
  /// The same without a copy; nullptr: no such row. Valid until the row is changed, or the next commit.
  result<const std::string*> find(table t, std::string_view key);
  void put(table t, std::string_view key, std::string row);
  void erase(table t, std::string_view key);

  /// Changes so far, in bytes (keys and rows).
  std::size_t bytes() const { return bytes_; }

  /// Writes all changes and the checkpoint atomically, without a sync. The batch is empty afterwards. Errors: io.
  result<void> commit(position checkpoint);

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
  void change(table t, std::string_view key, std::optional<std::string> row);

  views_store& store_;
  std::vector<overlay> tables_;
  std::size_t bytes_ = 0;
};

} // namespace palabre::storage
