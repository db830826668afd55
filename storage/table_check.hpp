#pragma once
// What RocksDB 7.8.3 does not look at before it is too late: it reads a table's properties before it compares their
// checksum, and takes the first bit of their last word, which says that an index of hashes follows, at its word. There
// is none, and an assertion ends the process.

#include <rocksdb/file_system.h>

#include <memory>

namespace palabre::storage {

/// `disk`, but that a table with that damage does not open: IOStatus::Corruption, with its name. Every other damage is
/// left to RocksDB, whose checksums find it. Costs three small reads for each table that is opened, none later.
/// Threads: any. Lifetime: shares `disk`.
std::shared_ptr<rocksdb::FileSystem> checking_tables(std::shared_ptr<rocksdb::FileSystem> disk);

} // namespace palabre::storage
