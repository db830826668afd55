#include "storage/store_usage.hpp"

#include "storage/rocksdb_instance.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>

namespace palabre::storage {
namespace {

std::uint64_t property(const rocksdb_instance& store, std::size_t family, const std::string& name) {
  std::uint64_t value = 0;
  store.db().GetIntProperty(store.family(family), name, &value); // one that is not there is 0
  return value;
}

/// Slowed down or stopped, for any reason.
std::uint64_t stalls(const rocksdb_instance& store, std::size_t family) {
  std::map<std::string, std::string> all;
  store.db().GetMapProperty(store.family(family), rocksdb::DB::Properties::kCFStats, &all);
  std::uint64_t sum = 0;
  for (const auto* name : {"io_stalls.total_slowdown", "io_stalls.total_stop"})
    if (const auto found = all.find(name); found != all.end()) sum += std::strtoull(found->second.c_str(), nullptr, 10);
  return sum;
}

} // namespace

store_usage usage_of(const rocksdb_instance& store) {
  using name = rocksdb::DB::Properties;
  store_usage all;
  for (std::size_t i = 0; i < store.families_count(); ++i) {
    // One cache for all families (storage/rocksdb_options.cpp), but for the unused default one.
    all.block_cache_bytes = std::max(all.block_cache_bytes, property(store, i, name::kBlockCacheUsage));
    all.memtable_bytes += property(store, i, name::kCurSizeAllMemTables);
    all.table_reader_bytes += property(store, i, name::kEstimateTableReadersMem);
    all.live_table_bytes += property(store, i, name::kLiveSstFilesSize);
    all.pending_compaction_bytes += property(store, i, name::kEstimatePendingCompactionBytes);
    all.stalls += stalls(store, i);
  }
  all.background_errors = property(store, 0, name::kBackgroundErrors);
  return all;
}

} // namespace palabre::storage
