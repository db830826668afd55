#include "storage/log_probe.hpp"

#include "storage/archived_row.hpp"
#include "storage/log_rows.hpp"
#include "storage/log_store.hpp"

#include <rocksdb/wal_filter.h>
#include <rocksdb/write_batch.h>

#include <algorithm>

namespace palabre::storage {
namespace {

/// Archiving replaces rows that are there: they are no new positions.
bool takes_the_place_of_another(std::string_view row) {
  const auto r = decode(row);
  return r && is_archived(r.value());
}

/// Notes the positions that pass by and keeps RocksDB from applying them.
class position_filter final : public rocksdb::WalFilter {
public:
  void ColumnFamilyLogNumberMap(const std::map<std::uint32_t, std::uint64_t>&,
                                const std::map<std::string, std::uint32_t>& ids) override {
    const auto found = ids.find("log");
    if (found != ids.end()) noter_.log_id = found->second;
  }
  WalProcessingOption LogRecordFound(unsigned long long, const std::string&, const rocksdb::WriteBatch& batch,
                                     rocksdb::WriteBatch*, bool*) override {
    if (!batch.Iterate(&noter_).ok()) return WalProcessingOption::kCorruptedRecord;
    return WalProcessingOption::kIgnoreCurrentRecord;
  }
  const char* Name() const override { return "palabre.position_filter"; }

  std::optional<position> first() const { return noter_.first; }
  std::optional<position> last() const { return noter_.last; }
  std::optional<position> missing() const { return noter_.missing; }

private:
  struct noter final : rocksdb::WriteBatch::Handler {
    std::optional<std::uint32_t> log_id;
    std::optional<position> first, last, missing;

    rocksdb::Status PutCF(std::uint32_t id, const rocksdb::Slice& key, const rocksdb::Slice& row) override {
      if (id != log_id || takes_the_place_of_another(row.ToStringView())) return rocksdb::Status::OK();
      const std::optional<position> at = read_position(key.ToStringView());
      if (!at) return rocksdb::Status::Corruption("a position of a wrong length");
      if (!first) first = at;
      if (last && *at != last->next() && !missing) missing = last->next();
      last = at;
      return rocksdb::Status::OK();
    }
  };
  noter noter_;
};

} // namespace

result<log_probe> probe_log(const rocksdb::DBOptions& options, const std::string& directory) {
  position_filter wal;
  rocksdb::DBOptions watched = options;
  watched.wal_filter = &wal;
  watched.max_open_files = 16; // only the last table is looked at
  PALABRE_TRY(auto instance, rocksdb_instance::open_read_only(watched, directory, log_families()));
  const log_store store{std::move(instance)};
  PALABRE_TRY(const position in_files, store.last());
  log_probe found{in_files, wal.missing()};
  if (wal.first() && *wal.first() > in_files.next()) found.missing = in_files.next();
  if (wal.last()) found.last = std::max(in_files, *wal.last());
  return found;
}

} // namespace palabre::storage
