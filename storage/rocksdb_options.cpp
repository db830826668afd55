#include "storage/rocksdb_options.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/rate_limiter.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

namespace palabre::storage {
namespace {

constexpr std::size_t mib = 1024 * 1024;

rocksdb::DBOptions common_options() {
  rocksdb::DBOptions o;
  o.create_missing_column_families = true; // a crash while creating leaves only some of them
  o.paranoid_checks = true;
  o.verify_sst_unique_id_in_manifest = true;
  o.flush_verify_memtable_count = true;
  o.max_open_files = -1;                                           // no table is opened on the way of a request
  o.skip_stats_update_on_db_open = true;                           // opening time
  o.max_background_jobs = 2;                                       // two cores, and they have other work
  o.rate_limiter.reset(rocksdb::NewGenericRateLimiter(128 * mib)); // compaction must not starve the log's fdatasync
  o.bytes_per_sync = mib;                                          // the same for the flood of dirty pages
  o.stats_dump_period_sec = 0;                                     // nobody reads them
  o.stats_persist_period_sec = 0;
  o.info_log_level = rocksdb::WARN_LEVEL;
  o.keep_log_file_num = 4;
  o.allow_concurrent_memtable_write = false; // each store has one writer; wanted by the insert hints below
  o.avoid_unnecessary_blocking_io = true;    // closing an iterator never deletes files on the reader's thread

  // Features with bugs fixed only after 7.8.3: off, also where that is the default.
  o.recycle_log_file_num = 0;
  o.wal_compression = rocksdb::kNoCompression;
  o.unordered_write = false;
  o.enable_pipelined_write = false;
  o.two_write_queues = false;
  o.manual_wal_flush = false;
  o.atomic_flush = false;
  o.allow_2pc = false;
  o.track_and_verify_wals_in_manifest = false;
  o.max_bgerror_resume_count = 0; // fail closed: only a restart recovers
  return o;
}

rocksdb::ColumnFamilyOptions common_family() {
  rocksdb::ColumnFamilyOptions o;
  o.level_compaction_dynamic_level_bytes = true; // one copy of the data, plus a tenth
  o.ttl = 0;                                     // the default would rewrite everything every 30 days
  o.periodic_compaction_seconds = 0;
  o.compression = rocksdb::kLZ4Compression;
  o.bottommost_compression = rocksdb::kZSTD;
  o.force_consistency_checks = true;
  return o;
}

rocksdb::BlockBasedTableOptions common_table(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions t;
  t.block_cache = cache;
  t.format_version = 5;
  t.checksum = rocksdb::kXXH3;
  return t;
}

/// Files of level 0. While the store is built they are merged from this many on, one table after the other, so that
/// more come: a table had 64 at most after 10,000,000 events, and 89 after 20,000,000. A server that opens the store
/// with more than `slows_at` would slow its projector until they are merged; after 50,000,000 events there may be as
/// many.
constexpr int building_merges_at = 40, slows_at = 256, stops_at = 384;

constexpr std::size_t building_cache_bytes = 64 * mib;

constexpr std::size_t stream_bytes = 17;
/// Of a view's key: an id, and the first byte of what follows it. Keys that are an id and nothing else have no
/// neighbours.
constexpr std::size_t neighbours_bytes = 17;

/// A row is put close to the last one that began with the same bytes: the memtable remembers where that was instead of
/// searching.
void expect_neighbours(rocksdb::ColumnFamilyOptions& o, std::size_t same_bytes) {
  o.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(same_bytes));
}

/// A family that is asked by whole key, mostly in vain: filters answer without reading a block.
rocksdb::ColumnFamilyOptions point_family(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions o = common_family();
  o.paranoid_file_checks = true; // every new table is read back once before the WAL behind it goes
  o.write_buffer_size = 16 * mib;
  o.memtable_whole_key_filtering = true;
  o.memtable_prefix_bloom_size_ratio = 0.03;
  rocksdb::BlockBasedTableOptions t = common_table(cache);
  t.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  o.table_factory.reset(rocksdb::NewBlockBasedTableFactory(t));
  return o;
}

/// Ascending keys, never changed: files move down the levels without being merged, and every key that is asked for
/// exists.
rocksdb::ColumnFamilyOptions record_family(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions o = common_family();
  o.paranoid_file_checks = true;
  o.write_buffer_size = 24 * mib;
  o.max_write_buffer_number = 3; // a flush may be slow once
  o.optimize_filters_for_hits = true;
  rocksdb::BlockBasedTableOptions t = common_table(cache);
  t.block_size = 8 * 1024;
  t.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch; // the index of a large log stays out of memory
  t.cache_index_and_filter_blocks = true;
  t.pin_top_level_index_and_filter = true;
  o.table_factory.reset(rocksdb::NewBlockBasedTableFactory(t));
  return o;
}

/// The index of the streams: read by ranges of one stream, so that the filter is on the stream, not on the key.
rocksdb::ColumnFamilyOptions stream_family(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions o = common_family();
  o.paranoid_file_checks = true;
  o.write_buffer_size = 16 * mib;
  o.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(stream_bytes));
  expect_neighbours(o, stream_bytes);
  rocksdb::BlockBasedTableOptions t = common_table(cache);
  t.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  t.whole_key_filtering = false;
  o.table_factory.reset(rocksdb::NewBlockBasedTableFactory(t));
  return o;
}

rocksdb::BlockBasedTableOptions views_table(std::size_t cache_bytes) {
  rocksdb::BlockBasedTableOptions t = common_table(rocksdb::NewLRUCache(cache_bytes));
  t.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  return t;
}

std::vector<rocksdb::ColumnFamilyDescriptor> views_families(const std::vector<table_form>& tables,
                                                            const rocksdb::BlockBasedTableOptions& table) {
  rocksdb::ColumnFamilyOptions family = common_family();
  family.write_buffer_size = 16 * mib;
  expect_neighbours(family, neighbours_bytes);
  // A store that was just built has many files, which are merged while it is in use: the projector must not wait for
  // that.
  family.level0_slowdown_writes_trigger = slows_at;
  family.level0_stop_writes_trigger = stops_at;
  family.memtable_whole_key_filtering = true;
  family.memtable_prefix_bloom_size_ratio = 0.005; // touched for every table when it is opened, so it is small
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));

  std::vector<rocksdb::ColumnFamilyDescriptor> families{
      {rocksdb::kDefaultColumnFamilyName, common_family()}, {"meta", common_family()}, {"snapshot", family}};
  // The whole key is the hint: a row's place in the memtable is remembered, and its next form is put beside it.
  rocksdb::ColumnFamilyOptions rewritten = family;
  rewritten.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewNoopTransform());
  for (const table_form& each : tables) families.emplace_back("t." + each.name, each.is_rewritten ? rewritten : family);
  return families;
}

class silent_logger final : public rocksdb::Logger {
public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

} // namespace

rocksdb::DBOptions log_options() {
  rocksdb::DBOptions o = common_options();
  o.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory(); // so that whole files can be verified
  o.max_total_wal_size = 40 * mib; // what is replayed after a kill: a quarter of a second of memtable work
  o.avoid_flush_during_recovery = false;
  return o;
}

std::vector<rocksdb::ColumnFamilyDescriptor> log_families() {
  const auto cache = rocksdb::NewLRUCache(32 * mib); // readers of old history; what is hot is in the views
  rocksdb::ColumnFamilyOptions head = point_family(cache);
  expect_neighbours(head, stream_bytes);
  return {{rocksdb::kDefaultColumnFamilyName, common_family()},
          {"log", record_family(cache)},
          {"stream", stream_family(cache)},
          {"head", head},
          {"cmd", point_family(cache)},
          {"meta", common_family()}};
}

rocksdb::WriteOptions synced_write() {
  rocksdb::WriteOptions o;
  o.sync = true;
  return o;
}

rocksdb::DBOptions views_options() {
  rocksdb::DBOptions o = common_options();
  o.max_total_wal_size = 64 * mib;
  o.db_write_buffer_size = 96 * mib; // of all tables together
  // Not synced: after a power loss the newest complete prefix is right, whatever it holds; the checkpoint is part of
  // it.
  o.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  return o;
}

std::vector<rocksdb::ColumnFamilyDescriptor> views_families(const std::vector<table_form>& tables,
                                                            std::size_t cache_bytes) {
  return views_families(tables, views_table(cache_bytes));
}

rocksdb::DBOptions views_building_options() {
  rocksdb::DBOptions o = views_options();
  o.db_write_buffer_size = 128 * mib; // of all tables together
  o.max_background_flushes = 2;       // nothing else is to be done at the end
  o.max_background_compactions = 1;
  return o;
}

std::vector<rocksdb::ColumnFamilyDescriptor> views_building_families(const std::vector<table_form>& tables) {
  // What a rebuild takes in memory must not grow with the log: of all its files, indexes and filters stand in the
  // cache, in parts.
  rocksdb::BlockBasedTableOptions t = views_table(building_cache_bytes);
  t.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  t.partition_filters = true;
  t.cache_index_and_filter_blocks = true;
  auto families = views_families(tables, t);
  for (auto& family : families) {
    rocksdb::ColumnFamilyOptions& o = family.options;
    o.write_buffer_size = 64 * mib; // larger files, fewer of them to merge
    o.max_write_buffer_number = 2;
    o.bottommost_compression = rocksdb::kLZ4Compression; // what is merged later is compressed better
    // Nobody reads while it is built but the folds themselves, mostly what is still in memory: files are merged when
    // they are many, and the rest after it was opened for serving.
    o.level0_file_num_compaction_trigger = building_merges_at;
    o.max_bytes_for_level_base = 4096 * mib; // of level 0 too: its files, of 64 MB at most, are merged by their number
  }
  return families;
}

rocksdb::ReadOptions scanning() {
  rocksdb::ReadOptions o;
  o.total_order_seek = true;
  o.readahead_size = 2 * mib;
  o.fill_cache = false;
  o.background_purge_on_iterator_cleanup = true;
  return o;
}

rocksdb::DBOptions reading(rocksdb::DBOptions options) {
  options.create_if_missing = false;
  options.create_missing_column_families = false;
  options.info_log = std::make_shared<silent_logger>();
  return options;
}

} // namespace palabre::storage
