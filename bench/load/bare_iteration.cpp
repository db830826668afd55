#include "bench/load/bare_iteration.hpp"

#include "storage/rocksdb_instance.hpp"
#include "storage/rocksdb_options.hpp"

#include <chrono>
#include <stdexcept>

namespace palabre::bench {

bare_iteration iterate_log(const std::string& data) {
  const auto opened = storage::rocksdb_instance::open_read_only(storage::reading(storage::log_options()), data + "/log",
                                                                storage::log_families());
  if (!opened) throw std::runtime_error("the log in " + data + ": " + opened.error().context);
  const auto& store = *opened.value();
  const std::unique_ptr<rocksdb::Iterator> rows{
      store.db().NewIterator(storage::scanning(), store.family(storage::family_log))};
  bare_iteration done;
  const auto start = std::chrono::steady_clock::now();
  for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
    ++done.records;
    done.bytes += rows->key().size() + rows->value().size();
  }
  done.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!rows->status().ok()) throw std::runtime_error("the log in " + data + ": " + rows->status().ToString());
  return done;
}

} // namespace palabre::bench
