#pragma once
// Makes one write of many appends: judges each against what is stored and what the batch already holds, then writes all
// at once.

#include "storage/event_log_state.hpp"
#include "storage/journal.hpp"
#include "storage/stream_heads.hpp"

#include <rocksdb/write_batch.h>

namespace palabre::storage {

/// What became of one append of a batch: `refused`, or `count` records from `first` on.
struct verdict {
  std::optional<error> refused;
  std::size_t first = 0;
  std::size_t count = 0;
};

/// After an error from any member nothing of the batch may be told, and the writer must not be used again.
/// Threads: one.
class batch_writer {
public:
  batch_writer(log_store& store, position head, std::uint32_t key_id_max);

  /// Takes the records out of `what` unless it refuses them. Errors: corrupt, io: the store could not be asked.
  result<verdict> judge(append& what);

  /// Writes and syncs what was judged good; null if that was nothing. The next batch begins. Errors: io, corrupt.
  result<committed_batch_ptr> write();

private:
  struct digest_hash {
    std::size_t operator()(const short_digest& digest) const noexcept;
  };

  result<void> check_keys(const append& what, std::optional<error>& refused) const;
  result<void> check_versions(const append& what, std::optional<error>& refused);
  result<void> take(stream_append& part, stream_heads::entry& of);
  void put_command(const idempotency& key);
  void note_key(std::uint32_t key_id);
  void put(log_family which, std::string_view key, std::string_view row);

  log_store& store_;
  const rocksdb::WriteOptions options_;
  rocksdb::WriteBatch rows_;
  stream_heads heads_;
  std::vector<stream_heads::entry*> touched_; ///< by the append being judged, one for each of its streams
  std::unordered_map<short_digest, done_command, digest_hash> commands_; ///< of the batch being made
  std::vector<committed_record> records_;
  position head_;            ///< with the records of the batch being made
  std::uint32_t key_id_max_; ///< that a record names
};

} // namespace palabre::storage
