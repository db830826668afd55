// How many records a second does RocksDB take from one thread that syncs every batch? Unit: records/s. Workload:
// batches of 1, 16 and 256 records of 300 bytes, each with a row of an index, into a new store for each size.
//
//   palabre_limit_rocksdb DIRECTORY [SECONDS]      one line of JSON; seconds are for each size, 3 if not given

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using steady = std::chrono::steady_clock;

constexpr std::size_t record_bytes = 300;
constexpr std::uint64_t streams = 100;
constexpr std::array<std::size_t, 3> batch_sizes{1, 16, 256};

void check(const rocksdb::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

std::unique_ptr<rocksdb::DB> create(const std::string& directory) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.error_if_exists = true; // a full store would be another question
  options.compression = rocksdb::kLZ4Compression;
  options.max_background_jobs = 2;
  rocksdb::DB* opened = nullptr;
  check(rocksdb::DB::Open(options, directory, &opened));
  return std::unique_ptr<rocksdb::DB>(opened);
}

/// `kind`, then the numbers with their greatest byte first: keys in the order of the numbers.
std::string key_of(char kind, std::initializer_list<std::uint64_t> numbers) {
  std::string key(1, kind);
  for (const std::uint64_t number : numbers)
    for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(number >> shift);
  return key;
}

/// Text that differs from record to record and compresses about as well as events in JSON do.
std::string record_of(std::uint64_t position) {
  std::string record = "{\"type\":\"message.posted\",\"position\":" + std::to_string(position) + ",\"body\":\"";
  std::uint64_t state = position * 0x9e3779b97f4a7c15;
  while (record.size() < record_bytes) {
    state = state * 6364136223846793005 + 1442695040888963407;
    record += static_cast<char>('a' + (state >> 60));
  }
  return record;
}

struct outcome {
  double records_per_s;
  double batch_p50_us;
  double batch_p99_us;
};

/// Requires: `took` is not empty.
double quantile_us(std::vector<steady::duration>& took, double share) {
  const auto at = took.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(took.size() - 1));
  std::nth_element(took.begin(), at, took.end());
  return std::chrono::duration<double, std::micro>(*at).count();
}

outcome append(rocksdb::DB& db, std::size_t batch_size, steady::duration for_how_long) {
  rocksdb::WriteOptions synced;
  synced.sync = true;
  std::vector<steady::duration> took;
  rocksdb::WriteBatch batch;
  std::uint64_t position = 0;
  const auto start = steady::now();
  auto now = start;
  while (now - start < for_how_long) {
    const auto batch_start = now;
    batch.Clear();
    for (std::size_t i = 0; i < batch_size; ++i, ++position) {
      const std::string key = key_of('r', {position});
      check(batch.Put(key, record_of(position)));
      check(batch.Put(key_of('s', {position % streams, position / streams}), key));
    }
    check(db.Write(synced, &batch));
    now = steady::now();
    took.push_back(now - batch_start);
  }
  const double seconds = std::chrono::duration<double>(now - start).count();
  return {static_cast<double>(position) / seconds, quantile_us(took, 0.5), quantile_us(took, 0.99)};
}

void measure(const std::string& directory, std::chrono::seconds for_how_long) {
  const char* separator = "";
  std::printf("{\"limit\":\"rocksdb\",\"record_bytes\":%zu,\"batches\":[", record_bytes);
  for (const std::size_t batch_size : batch_sizes) {
    const std::string path = directory + "/batches-of-" + std::to_string(batch_size);
    const auto result = append(*create(path), batch_size, for_how_long);
    check(rocksdb::DestroyDB(path, {}));
    std::printf("%s{\"records\":%zu,\"records_per_s\":%.0f,\"batch_p50_us\":%.1f,\"batch_p99_us\":%.1f}", separator,
                batch_size, result.records_per_s, result.batch_p50_us, result.batch_p99_us);
    separator = ",";
  }
  std::printf("]}\n");
}

} // namespace

int main(int count, char** arguments) {
  const long seconds = count == 3 ? std::strtol(arguments[2], nullptr, 10) : 3;
  if (count < 2 || count > 3 || seconds < 1) {
    std::fprintf(stderr, "usage: %s DIRECTORY [SECONDS]\n", arguments[0]);
    return 2;
  }
  try {
    measure(arguments[1], std::chrono::seconds(seconds));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", arguments[0], error.what());
    return 1;
  }
}
