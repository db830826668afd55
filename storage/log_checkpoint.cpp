#include "storage/log_checkpoint.hpp"

#include "storage/event_log_state.hpp"

#include <rocksdb/utilities/checkpoint.h>

namespace palabre::storage {

result<void> checkpoint_log(const event_log& log, const std::string& directory) {
  rocksdb::Checkpoint* raw = nullptr;
  auto status = rocksdb::Checkpoint::Create(&log.state_->log.store->db(), &raw);
  if (!status.ok()) return to_error(status, "checkpoint");
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint{raw};
  status = checkpoint->CreateCheckpoint(directory); // flushes first: in 7.8 a linked WAL may be unsynced
  if (!status.ok()) return to_error(status, directory);
  return success();
}

} // namespace palabre::storage
