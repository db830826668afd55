#include "tampering.hpp"

#include "app/store.hpp"
#include "storage/rocksdb_instance.hpp"

#include <gtest/gtest.h>

namespace palabre::testing {

void change_log(const std::string& data, storage::log_family which,
                const std::function<void(rocksdb::DB&, rocksdb::ColumnFamilyHandle*)>& change) {
  const auto opened =
      storage::rocksdb_instance::open(storage::log_options(), app::log_directory(data), storage::log_families());
  ASSERT_TRUE(opened) << opened.error().context;
  change(opened.value()->db(), opened.value()->family(which));
}

void rewrite_record(const std::string& data, std::string_view text, std::string_view by) {
  change_log(data, storage::family_log, [&](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
    const std::unique_ptr<rocksdb::Iterator> rows{db.NewIterator({}, family)};
    for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
      std::string row = rows->value().ToString();
      const auto at = row.find(text);
      if (at == std::string::npos) continue;
      row.replace(at, text.size(), by);
      ASSERT_TRUE(db.Put(storage::synced_write(), family, rows->key(), row).ok());
      return;
    }
    FAIL() << "no record holds " << text;
  });
}

} // namespace palabre::testing
