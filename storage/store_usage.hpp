#pragma once
// What a RocksDB instance takes and how it gets on, as it says itself.

#include <cstdint>

namespace palabre::storage {

class rocksdb_instance;

struct store_usage {
  std::uint64_t block_cache_bytes = 0;
  std::uint64_t memtable_bytes = 0;
  std::uint64_t table_reader_bytes = 0;       ///< indexes and filters outside of the cache
  std::uint64_t live_table_bytes = 0;         ///< in files
  std::uint64_t pending_compaction_bytes = 0; ///< an estimate
  std::uint64_t background_errors = 0;
  std::uint64_t stalls = 0; ///< how often writes were slowed down or held up
};

/// Of all its families. Threads: any; takes some microseconds for each family.
store_usage usage_of(const rocksdb_instance& store);

} // namespace palabre::storage
