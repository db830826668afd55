#pragma once
// The procedure by which a log is opened (docs/data_format.md, "Opening"): look first, compare with the watermark, and
// only then let RocksDB touch anything.

#include "storage/log_store.hpp"
#include "storage/watermark.hpp"

namespace palabre::storage {

struct opened_log {
  std::unique_ptr<log_store> store;
  std::optional<watermark> mark; ///< only for writing
  acked_mark acked;              ///< what the mark says now
  open_report report;
  std::optional<std::string> damage; ///< only for reading; see event_log::damage
};

/// Errors: as event_log::open. `env` outlives what is opened.
result<opened_log> open_for_writing(const std::string& directory, bool accept_loss, randomness& random,
                                    rocksdb::Env& env);
result<opened_log> open_for_reading(const std::string& directory, rocksdb::Env& env);

} // namespace palabre::storage
