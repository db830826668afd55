#pragma once
#include "storage/log_store.hpp"

namespace palabre::storage {

/// Compares the last records of the log (at most `records_max`) with each other, the index of the streams, their heads
/// and the table of idempotency keys: positions without a gap, versions and hashes that follow one another. A family
/// that lost its newest table shows here: RocksDB takes a cut off MANIFEST for a shorter one. Errors: corrupt, with the
/// first wrong position; io.
result<void> check_tail(const log_store& store, position head, std::uint64_t records_max);

} // namespace palabre::storage
