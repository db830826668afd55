#pragma once
// What event_log and its one writer, the journal, share.

#include "storage/log_opening.hpp"

#include <rocksdb/env.h>

#include <atomic>

namespace palabre::storage {

struct event_log::state {
  std::shared_ptr<rocksdb::Env> env; // outlives the store; null: RocksDB's own
  std::string directory;
  opened_log log; // `acked` and `mark` belong to the journal's thread while it runs
  std::atomic<std::uint64_t> head{0};
  bool failed = false; // the journal stopped at an error: the close is not orderly
};

} // namespace palabre::storage
