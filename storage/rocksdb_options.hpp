#pragma once
// Every RocksDB setting of both stores, with its reason, in the .cpp. A setting that does not stand there is RocksDB's
// default.

#include "storage/views_store.hpp"

#include <rocksdb/db.h>

#include <string>
#include <vector>

namespace palabre::storage {

/// The log's column families, in the order in which they are opened.
enum log_family : std::size_t {
  family_default, ///< unused; RocksDB wants it
  family_log,     ///< position → envelope
  family_stream,  ///< stream, version → position
  family_head,    ///< stream → version, position, hash
  family_command, ///< idempotency scope → done_command
  family_meta     ///< epoch, format version
};

rocksdb::DBOptions log_options();
std::vector<rocksdb::ColumnFamilyDescriptor> log_families();
/// One journal write: synced, whatever else.
rocksdb::WriteOptions synced_write();

/// The views' column families: default, meta, snapshot, then one per table.
enum views_family : std::size_t { views_family_default, views_family_meta, views_family_snapshot, views_family_tables };

rocksdb::DBOptions views_options();
/// `cache_bytes`: of blocks of all tables together.
std::vector<rocksdb::ColumnFamilyDescriptor> views_families(const std::vector<table_form>& tables,
                                                            std::size_t cache_bytes = 128 * 1024 * 1024);
/// The same for views that are computed anew, all at once, and then opened with the options above.
rocksdb::DBOptions views_building_options();
std::vector<rocksdb::ColumnFamilyDescriptor> views_building_families(const std::vector<table_form>& tables);

/// A long scan over everything: reads ahead, and leaves the block cache to those who come back to it.
rocksdb::ReadOptions scanning();

/// The settings for reading someone else's directory: no file of it is written, not even RocksDB's own protocol.
rocksdb::DBOptions reading(rocksdb::DBOptions options);

} // namespace palabre::storage
