#pragma once
#include <cstdint>
#include <string>

namespace palabre::bench {

/// A log that is only walked through: what it takes at least to read it.
struct bare_iteration {
  std::uint64_t records = 0, bytes = 0;
  double seconds = 0; ///< without opening
};
/// Keys and values of the records of DATA/log, by RocksDB's iterator and the server's own settings for long scans.
/// Throws std::runtime_error if there is no log, or it cannot be read.
bare_iteration iterate_log(const std::string& data);

} // namespace palabre::bench
