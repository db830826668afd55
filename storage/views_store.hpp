#pragma once
// The views: rows computed from the log, in a RocksDB instance of their own. Never synced; how far they have read the
// log is written in the same batch as the rows, so that after any crash they go on exactly where they were.

#include "base/digest.hpp"
#include "base/flat_strings.hpp"
#include "base/position.hpp"
#include "base/result.hpp"
#include "storage/record.hpp"
#include "storage/store_usage.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rocksdb {
class FileSystem;
} // namespace rocksdb

namespace palabre::storage {

/// A table of the views: a column family. Tables are declared once, by the projection that owns them.
using table = std::size_t; ///< index into the forms given to views_store::open

/// How a table is declared.
struct table_form {
  std::string name;
  bool is_rewritten = false; ///< nearly all that is written are rows it has already: each is put beside what it was
};

/// Is given the row of a key that is at `place` among those asked for; nullopt: there is none.
using visit_row = std::function<result<void>(std::size_t place, std::optional<std::string_view> row)>;

/// Threads: as its members say. Who reads pins the rows for the time of one call: exchange() may give others to the
/// next.
class views_store {
public:
  /// Opens or creates `directory` with one column family per name. A store with other names, or of another
  /// `fingerprint` (log epoch and projection versions), loses its rows: the views are derived, the caller reads the log
  /// from checkpoint 0. Its snapshots stay: each says itself what it is worth. Errors: io. A damaged store is emptied
  /// of both; `was_emptied` tells.
  /// `disk`: where RocksDB keeps its files, for tests that break it; null: the operating system's.
  static result<std::unique_ptr<views_store>> open(const std::string& directory, const std::vector<table_form>& tables,
                                                   const std::string& fingerprint,
                                                   const std::shared_ptr<rocksdb::FileSystem>& disk = nullptr);
  /// Beside a live server or on a stopped store; changes nothing. Errors: not_found (no store there), io, corrupt.
  static result<std::unique_ptr<views_store>> open_read_only(const std::string& directory,
                                                             const std::vector<table_form>& tables);
  /// Waits for readers that still have its rows.
  ~views_store();

  bool was_emptied() const;
  std::string directory() const;
  store_usage usage() const;

  /// Keeps up to `rows_max` rows of `t`, or that they are not there, in memory once they were read; keys of at most
  /// hot_rows::key_bytes_max. Before anyone reads; not for a store opened read-only.
  void keep_hot(table t, std::size_t rows_max);
  /// The log position up to which the rows are computed.
  result<position> checkpoint() const;
  result<std::string> fingerprint() const;

  // ---- Reading, from any thread. Errors: io, corrupt.
  result<std::optional<std::string>> get(table t, std::string_view key) const;
  /// Calls `visit` for each of `keys`, in their order; all rows are of one moment, and last for their call. Ends with
  /// the first error that `visit` answers; it may itself read the views, which are of a later moment.
  result<void> visit_many(table t, const flat_strings& keys, const visit_row& visit) const;
  /// The places, in ascending order, of those of `keys` whose rows (nullopt: there is none) `is_wanted`. What is kept
  /// hot is looked at where it stands: `is_wanted` is to be quick, and to call nothing of the views; rows that are not
  /// kept follow the others. Each row is of a moment of this call, not all of the same.
  result<std::vector<std::size_t>> choose(table t, const flat_strings& keys,
                                          const std::function<bool(std::optional<std::string_view>)>& is_wanted) const;
  /// As visit_many, one answer per key.
  result<std::vector<std::optional<std::string>>> get_many(table t, const flat_strings& keys) const;
  /// The same for keys that ascend and stand close together in the table: it is walked through, with no look-up for
  /// each. Requires: they ascend.
  result<std::vector<std::optional<std::string>>> get_along(table t, const flat_strings& keys) const;
  /// Rows with first ≤ key < end, ascending, or descending from the greatest below `end`, until `visit` answers false.
  result<void> range(table t, std::string_view first, std::string_view end, bool ascending,
                     const std::function<bool(std::string_view key, std::string_view row)>& visit) const;

  // ---- Snapshots of aggregates: disposable, never authoritative. Kept with a digest, so that one whose bytes are not
  // what was put is not found.
  struct snapshot {
    stream_version version = 0;
    sha256_digest at{}; ///< hash of the stream's record with that version: the history that it sums up
    std::string state;
  };
  /// Errors: io. A damaged one is none.
  result<std::optional<snapshot>> find_snapshot(const stream_id& stream) const;
  /// From any thread. A snapshot must describe durable records only.
  result<void> put_snapshot(const stream_id& stream, const snapshot& what);
  result<void> erase_snapshot(const stream_id& stream);
  /// Takes the snapshots that `other` has now. Errors: io, corrupt.
  result<void> take_snapshots_of(const views_store& other);

  // ---- Computing anew, beside the store that is in use: begin, change with views_batch::commit_rows, finish, open.

  /// Rows of nothing in `directory`, which is emptied; no write is kept over a crash before finish(). Errors: io.
  static result<std::unique_ptr<views_store>> begin(const std::string& directory,
                                                    const std::vector<table_form>& tables);
  /// The same, but with the rows and snapshots of `source` as they are now, and its checkpoint, except that the tables
  /// `without` are empty. Costs no copy: files are shared. `source` may be in use. Errors: io.
  static result<std::unique_ptr<views_store>> begin_with(const std::string& directory,
                                                         const std::vector<table_form>& tables,
                                                         const views_store& source, const std::vector<table>& without);
  /// All rows are on disk, with what they are; `built` is closed. Errors: io: the directory is worth nothing.
  static result<void> finish(std::unique_ptr<views_store> built, position checkpoint, const std::string& fingerprint);

  /// From the next call on this store is the rows of `fresh`, kept hot as its own were. Answers the rows that were: end
  /// them where waiting for readers does no harm. Threads: not while a views_batch of either has changes.
  /// Requires: both are of the same tables.
  std::unique_ptr<views_store> exchange(std::unique_ptr<views_store> fresh);

  /// What rows held before they were replaced or erased stands in no file afterwards: memory is written out, and every
  /// file with an older row is written anew. From any thread; blocks, about a minute for 10 GB; others go on reading
  /// and writing, and rows replaced meanwhile are not its business. Errors: io.
  result<void> forget_old_rows();

private:
  friend class views_batch;
  struct state;
  explicit views_store(std::unique_ptr<state> of);
  std::unique_ptr<state> state_;
};

} // namespace palabre::storage
