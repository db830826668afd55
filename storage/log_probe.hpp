#pragma once
// Looks at a stopped log before it is opened for writing, because that opening already replaces the WAL.

#include "base/position.hpp"
#include "base/result.hpp"

#include <rocksdb/options.h>

#include <optional>
#include <string>

namespace palabre::storage {

struct log_probe {
  position last;                   ///< greatest position in the files or the WAL
  std::optional<position> missing; ///< the first position that the WAL skips
};

/// Reads the WAL's batches without applying them, so it costs little. Changes nothing.
/// Errors: corrupt: the WAL is damaged other than by a torn end, or the files are; io.
result<log_probe> probe_log(const rocksdb::DBOptions& options, const std::string& directory);

} // namespace palabre::storage
