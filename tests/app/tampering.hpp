#pragma once
// Changes to the log with valid checksums: what someone does who knows RocksDB.

#include "storage/rocksdb_options.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace palabre::testing {

/// Opens the log of a stopped server as its owner does, and changes a family of it.
void change_log(const std::string& data, storage::log_family which,
                const std::function<void(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family)>& change);

/// Puts `by` in the place of `text`, of the same length, in the one record that holds it.
void rewrite_record(const std::string& data, std::string_view text, std::string_view by);

} // namespace palabre::testing
