#pragma once
// The end of a RocksDB's MANIFEST after a power loss. RocksDB syncs each entry before it goes by it, and takes one of
// which only the front was written for the end. But where the size of a file was written and its last block was not,
// the entry is there in full length with zeros in it, and RocksDB 7.8.3 refuses to open: "checksum mismatch".

#include "base/result.hpp"

#include <rocksdb/file_system.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace palabre::storage {

/// Where the whole entries end, when behind them stands something that was never written to its end; nullopt: there is
/// nothing behind them, or what stands there is no torn end, because a whole entry follows it, or because it is longer
/// than anything that is written at once.
std::optional<std::size_t> torn_end(std::string_view manifest);

/// `disk`, but that the MANIFEST which CURRENT in `directory` names ends where its whole entries do; null: its end is
/// not torn, or there is none. Nothing is changed on the disk. Errors: io. Threads: any. Lifetime: shares `disk`.
result<std::shared_ptr<rocksdb::FileSystem>> hiding_torn_end(const std::shared_ptr<rocksdb::FileSystem>& disk,
                                                             const std::string& directory);

} // namespace palabre::storage
