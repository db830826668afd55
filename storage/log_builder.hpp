#pragma once
// Makes a log out of the stored bytes of its records: for a copy, an import, and what remains of a damaged log. The
// records are taken as they are, so their hashes stay; the indexes are computed anew.

#include "storage/stream_heads.hpp"

#include <rocksdb/write_batch.h>

namespace palabre::storage {

/// Each record is held against its predecessor before it is taken, so what comes out is whole. Not durable, and nothing
/// that should be opened, until finish() has answered; an unfinished directory is the caller's to remove.
/// Memory: a few batches, whatever the log's size. After an error it must not be used again. Threads: one.
class log_builder {
public:
  /// `epoch`: of the log that the records come from. Requires: `directory` is not there, or empty. Errors: conflict:
  /// it holds a log; io.
  static result<std::unique_ptr<log_builder>> create(const std::string& directory, const std::string& epoch);

  /// The next record. Requires: `r` and `hash` are those of `stored`.
  /// Errors: corrupt: its position, its version or the hash that it holds does not follow; io.
  result<void> add(const record& r, std::string_view stored, const sha256_digest& hash);
  result<void> add(const committed_record& r) { return add(r.view, r.stored, r.hash); }

  /// The last record that was taken, and its hash.
  position head() const { return head_; }
  const sha256_digest& hash() const { return hash_; }

  /// A key id that the log has to name, as a sealed record that is added does. An archived record's stands in its
  /// segment.
  void note_key_id(std::uint32_t key_id);

  /// Everything is in files, synced, and closed. The log has no watermark yet. Errors: io, corrupt.
  result<void> finish();

private:
  log_builder(std::unique_ptr<rocksdb_instance> instance, const std::string& epoch);
  void put(log_family which, std::string_view key, std::string_view row);
  result<void> write();

  std::unique_ptr<log_store> store_;
  rocksdb::WriteBatch rows_;
  stream_heads heads_;
  std::uint32_t key_id_max_ = 0;
  position head_;
  sha256_digest hash_{};
};

/// Writes the watermark of a log that was made elsewhere. Not `clean`: whoever opens it mints a new epoch, because
/// others may have gone on from there. Synced. Errors: io, corrupt.
result<void> write_watermark(const std::string& directory, position head, const sha256_digest& hash,
                             const std::string& epoch, bool clean);

} // namespace palabre::storage
