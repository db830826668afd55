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
  std::uint32_t key_id_max = 0;      ///< that a record names
};

/// Eight letters: 37 random bits, for telling apart, not for secrecy.
std::string random_epoch(randomness& random);

/// Errors: as event_log::open. `env` outlives what is opened.
result<opened_log> open_for_writing(const std::string& directory, randomness& random, rocksdb::Env& env);
result<opened_log> open_for_reading(const std::string& directory, rocksdb::Env& env);
/// Errors: as event_log::catch_up. Requires: a log opened by open_for_reading().
result<position> catch_up_with_writer(opened_log& log, const std::string& directory);

/// Would open_for_writing go on with the log as it is? Looks without changing anything; at what lies before the end
/// only the opening itself looks. Requires: the caller has its log_lock, if there is a directory. Errors: as
/// event_log::open.
result<void> check_openable(const std::string& directory);

} // namespace palabre::storage
