#pragma once
// The log: every record ever committed, in one RocksDB instance of its own. Written by the journal alone, read by
// anyone.

#include "storage/record.hpp"
#include "storage/store_usage.hpp"

#include <functional>
#include <optional>

namespace rocksdb {
class FileSystem;
} // namespace rocksdb

namespace palabre::storage {

/// Where a stream stands. `version` 0: it has no record.
struct stream_head {
  stream_version version = 0;
  position at;
  sha256_digest hash{};

  friend bool operator==(const stream_head&, const stream_head&) = default;
};

/// What an idempotency key was used for: the records `first`, `first`+1, … (`count` of them).
struct done_command {
  short_digest request{};
  std::uint16_t status = 0;
  position first;
  std::uint32_t count = 0;
};

/// How the log was found when it was opened; said in the server's first log lines.
struct open_report {
  position head;
  bool created = false;      ///< the directory held no log
  bool clean = false;        ///< the last process closed it
  bool tail_dropped = false; ///< a torn, never acked end of the WAL was left out
  bool epoch_minted = false; ///< new epoch: clients reload instead of recovering
};

/// Threads: any. Lifetime: outlives the journal and every reader; ending it notes an orderly close.
class event_log {
public:
  enum class access { read_write, read_only };

  /// How a scan meets a record whose bytes were moved to a segment (storage/archived_row.hpp).
  enum class archived {
    wanted,          ///< reads them there, and fails where the segment is not
    as_rows_if_away, ///< in that case shows the row that stands for the record: enough for the chain
    as_rows          ///< always shows the row
  };

  /// Opens or creates `directory` by the procedure of docs/data_format.md ("Opening").
  /// read_only works on a stopped log and beside a live server, up to the head found now; it changes no file of the
  /// log. Errors: corrupt: history is damaged, or ends below the durable watermark; nothing was changed, the context
  /// says what was found and where. io: the directory cannot be used (missing rights, locked by another process, full).
  /// `disk`: where RocksDB keeps its files, for tests that let it fail; null: the operating system's.
  static result<std::unique_ptr<event_log>> open(const std::string& directory, access mode, randomness& random,
                                                 std::shared_ptr<rocksdb::FileSystem> disk = nullptr);
  ~event_log();
  event_log(const event_log&) = delete;
  event_log& operator=(const event_log&) = delete;

  /// Position of the last durable record. One atomic load.
  position head() const;
  /// Eight letters that change whenever positions could have been re-used.
  const std::string& epoch() const;
  const open_report& report() const;
  const std::string& directory() const;
  store_usage usage() const;
  /// read_only: the first thing found wrong when it was opened, beginning with "position N: " where one is known; the
  /// head is then as far as the log can be read. Positions that are damaged further down show when they are read.
  const std::optional<std::string>& damage() const;

  /// read_only: takes in what the server beside it has acknowledged since, and answers the new head, which head() has
  /// from then on. Nobody may read meanwhile. Errors: corrupt: also when the server began a new epoch, or what it
  /// acknowledged is not there; io. The head stays.
  result<position> catch_up();

  /// The highest key id that a record names, as of the opening; 0: nothing is sealed. Keys that do not reach so far are
  /// not this log's.
  std::uint32_t key_id_max() const;
  /// From now on sealed records are read with their payload opened. Without it they come as they are stored. Before
  /// anyone reads.
  void open_seals_with(std::shared_ptr<const payload_opener> opener);

  // ---- Reading. Errors of all: corrupt: the store, or a record, is damaged, or its seal does not open, with its
  // position in the context; io; not_found: the record was archived, and its segment is not in the directory `archive`
  // beside the log.

  /// Errors: not_found: beyond the head.
  result<committed_record> read(position at) const;
  /// The records of a stream with a version above `after`, ascending, until `visit` answers false or `count_max` were
  /// visited.
  result<void> read_stream(const stream_id& stream, stream_version after, std::size_t count_max,
                           const std::function<bool(const committed_record&)>& visit) const;
  /// The records after `after` up to `last`, ascending, until `visit` answers false. Reads ahead; for long scans.
  /// Errors: corrupt: also a gap: the first missing position is in the context.
  result<void> scan(position after, position last, const std::function<bool(const committed_record&)>& visit,
                    archived how = archived::wanted) const;
  /// The same without copies and hashes: records and bytes are valid during the visit only. `stored`: the record's
  /// bytes, or the row that stands for an archived one (chain_hash_of).
  result<void> scan_in_place(position after, position last,
                             const std::function<bool(const record&, std::string_view stored)>& visit,
                             archived how = archived::wanted) const;
  result<stream_head> head_of(const stream_id& stream) const;
  /// Every stream and its head, in key order, until `visit` answers false.
  result<void> scan_heads(const std::function<bool(const stream_id&, const stream_head&)>& visit) const;
  /// The whole index of the streams, and the whole table of idempotency keys, likewise.
  result<void> scan_versions(const std::function<bool(const stream_id&, stream_version, position)>& visit) const;
  result<void> scan_commands(const std::function<bool(const short_digest& scope, const done_command&)>& visit) const;
  result<std::optional<done_command>> find_command(const short_digest& scope) const;
  /// The position that `stream`'s index holds for `version`; nullopt where it has none.
  result<std::optional<position>> find_version(const stream_id& stream, stream_version version) const;

private:
  friend class journal;
  friend class log_archiver;
  friend result<void> checkpoint_log(const event_log&, const std::string&);
  event_log();

  struct state;
  std::unique_ptr<state> state_;
};

} // namespace palabre::storage
