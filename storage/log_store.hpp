#pragma once
// Reads the rows of the log in an opened instance, whatever the head. Everything that is damaged comes back as
// errc::corrupt with a context that begins with the position, where there is one: "position 1234: …".

#include "storage/archive_segment.hpp"
#include "storage/event_log.hpp"
#include "storage/rocksdb_instance.hpp"
#include "storage/rocksdb_options.hpp"

namespace palabre::storage {

/// Puts "position N: " before the context.
error at_position(position at, const error& what);

/// Threads: any.
class log_store {
public:
  using record_visitor = std::function<bool(const committed_record&)>;

  /// Segments of what was archived are looked for in the directory `archive` beside the log's.
  explicit log_store(std::unique_ptr<rocksdb_instance> instance);

  /// Before anyone reads.
  void open_seals_with(std::shared_ptr<const payload_opener> opener) { opener_ = std::move(opener); }

  /// The greatest position there is, 0 in an empty log.
  result<position> last() const;
  /// How far the positions can be read without a gap and without damage, 0 if not even the first can.
  position last_readable() const;

  result<committed_record> read(position at) const;
  result<void> scan(position after, position last, const record_visitor& visit,
                    event_log::archived how = event_log::archived::wanted) const;
  using place_visitor = std::function<bool(const record&, std::string_view stored)>;
  /// Not hashed; valid during the visit.
  result<void> scan_in_place(position after, position last, const place_visitor& visit,
                             event_log::archived how = event_log::archived::wanted) const;
  /// Leaves out what lies beyond `last`.
  result<void> read_stream(const stream_id& stream, stream_version after, std::size_t count_max, position last,
                           const record_visitor& visit) const;
  result<stream_head> head_of(const stream_id& stream) const;
  result<void> scan_heads(const std::function<bool(const stream_id&, const stream_head&)>& visit) const;
  result<void> scan_versions(const std::function<bool(const stream_id&, stream_version, position)>& visit) const;
  result<void> scan_commands(const std::function<bool(const short_digest&, const done_command&)>& visit) const;
  result<std::optional<done_command>> find_command(const short_digest& scope) const;
  result<std::optional<position>> find_version(const stream_id& stream, stream_version version) const;

  result<std::optional<std::string>> find_meta(std::string_view key) const;
  /// Synced.
  result<void> put_meta(std::string_view key, std::string_view value);

  /// Lets a record that was sealed a moment ago be read: `opened` is its payload, which counts unless nothing of that
  /// person is to be read any more. Errors: corrupt, io.
  result<void> show(committed_record& sealed, std::string opened) const;

  segment_archive& archive() const { return *archive_; }
  /// The row of a position as it is.
  result<std::string> read_row(position at) const;

  /// Of a reader beside a writer: as of rocksdb_instance.
  result<void> catch_up() { return instance_->catch_up(); }
  rocksdb::DB& db() const { return instance_->db(); }
  const rocksdb_instance& instance() const { return *instance_; }
  rocksdb::ColumnFamilyHandle* family(log_family which) const { return instance_->family(which); }

private:
  result<bool> get(log_family which, std::string_view key, rocksdb::PinnableSlice& row) const;
  template <class Show>
  result<void> scan_rows(position after, position last, Show show) const;
  result<void> unseal(committed_record& found) const;
  result<bool> visit_positions(const std::vector<position>& at, const record_visitor& visit) const;
  result<sha256_digest> take_apart(position at, std::string& stored, record& view, event_log::archived how) const;
  result<committed_record> make_committed(position at, std::string stored) const;

  std::unique_ptr<rocksdb_instance> instance_;
  std::shared_ptr<const payload_opener> opener_; ///< null: records come as they are stored
  std::unique_ptr<segment_archive> archive_;
};

} // namespace palabre::storage
