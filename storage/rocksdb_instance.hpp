#pragma once
// One opened RocksDB directory with its column families, closed in the right order.

#include "base/result.hpp"

#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include <memory>
#include <string>
#include <vector>

namespace palabre::storage {

/// RocksDB's status in our words: corrupt for damaged bytes and missing files, else io. `doing` begins the context.
error to_error(const rocksdb::Status& status, std::string_view doing);

/// Does the directory hold a RocksDB? Errors: io: that could not be seen, which is not a no.
result<bool> find_rocksdb(const std::string& directory, rocksdb::Env& env);

/// Threads: as rocksdb::DB.
class rocksdb_instance {
public:
  using families = std::vector<rocksdb::ColumnFamilyDescriptor>;
  using opened = result<std::unique_ptr<rocksdb_instance>>;

  /// For reading and writing; locks the directory. The first of the families is "default". Errors: corrupt; io: also
  /// when another process has it.
  static opened open(const rocksdb::DBOptions& options, const std::string& directory, const families& which);
  /// Reads a stopped store, replaying its WAL into memory only. Errors: corrupt, io.
  static opened open_read_only(const rocksdb::DBOptions& options, const std::string& directory, const families& which);
  /// Reads a store beside the process that writes it, as of now. Errors: corrupt, io.
  static opened open_secondary(const rocksdb::DBOptions& options, const std::string& directory, const families& which);

  ~rocksdb_instance();
  rocksdb_instance(const rocksdb_instance&) = delete;
  rocksdb_instance& operator=(const rocksdb_instance&) = delete;

  /// Of a secondary: takes in what the writer has written since. Errors: corrupt; io: also when the writer removes its
  /// files faster than they can be read.
  result<void> catch_up();

  rocksdb::DB& db() const { return *db_; }
  rocksdb::ColumnFamilyHandle* family(std::size_t i) const { return handles_[i]; }
  std::size_t families_count() const { return handles_.size(); }

private:
  rocksdb_instance() = default;

  /// `options` on the same disk, with its tables checked (storage/table_check.hpp).
  rocksdb::DBOptions on_checked_disk(rocksdb::DBOptions options);

  std::unique_ptr<rocksdb::Env> env_; ///< outlives the database
  rocksdb::DB* db_ = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
  std::string directory_;         ///< of a secondary
  std::string scratch_directory_; ///< of a secondary; removed at the end
};

} // namespace palabre::storage
