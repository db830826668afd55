#include "app/archive.hpp"

#include "app/commands.hpp"
#include "app/moment.hpp"
#include "app/record_progress.hpp"
#include "app/recover.hpp"
#include "app/running_digest.hpp"
#include "app/store.hpp"

#include "events/room.hpp"
#include "events/streams.hpp"
#include "storage/log_archiver.hpp"
#include "storage/rocksdb_instance.hpp"

#include <map>

namespace palabre::app {
namespace {

using storage::event_log;

/// What the log says of a room.
struct room_past {
  bool archived = false;
  stream_version old = 0; ///< the versions up to this one may be moved
};

result<std::map<stream_id, room_past>> read_rooms(const event_log& log, timestamp before) {
  std::map<stream_id, room_past> rooms;
  const std::uint64_t head = log.head().value;
  const position last{head > storage::archive_distance_min ? head - storage::archive_distance_min : 0};
  record_progress shown("reading the log", {}, log.head());
  const auto look = [&](const storage::record& r, std::string_view) {
    shown.reach(r.at);
    if (r.stream.kind != static_cast<char>(events::stream_kind::room)) return true;
    room_past& room = rooms[r.stream];
    const bool ends = r.type == events::room_restored::type.name;
    const bool begins =
        r.type == events::room_archived::type.name || storage::is_archived(r); // of others nothing moves
    room.archived = begins || (room.archived && !ends);
    if (r.time < before && r.at <= last && room.old + 1 == r.version) room.old = r.version;
    return true;
  };
  PALABRE_TRY(log.scan_in_place({}, log.head(), look, event_log::archived::as_rows)); // segments may be elsewhere
  return rooms;
}

result<void> move_rooms(event_log& log, timestamp before, std::ostream& out) {
  PALABRE_TRY(const auto rooms, read_rooms(log, before));
  storage::log_archiver archiver(log);
  std::uint64_t records = 0, bytes = 0;
  for (const auto& [stream, room] : rooms) {
    if (!room.archived || room.old == 0) continue;
    PALABRE_TRY(const auto part, archiver.move(stream, room.old));
    if (!part) continue;
    PALABRE_TRY(const file_sum sum, sum_of_file(part->path));
    out << "room " << to_text(stream.id) << ": seq " << part->name.first << " to " << part->name.last << ", "
        << part->bytes << " bytes, " << part->path << ", SHA-256 " << sum.sha256 << '\n';
    records += part->records;
    bytes += part->bytes;
  }
  PALABRE_TRY(archiver.free_space());
  out << "archived: " << records << " events, " << bytes << " bytes\n";
  return success();
}

} // namespace

int archive(const archive_options& options, std::ostream& out, std::ostream& errors) {
  const auto before = parse_time("--before", options.before);
  if (!before) return fail_or_misused(errors, before.error());
  system_randomness random;
  const auto is_there = storage::find_rocksdb(log_directory(options.data), *rocksdb::Env::Default());
  if (!is_there) return fail(errors, is_there.error());
  if (!is_there.value()) return fail(errors, {errc::io, "there is no log in " + log_directory(options.data)});
  const auto log = event_log::open(log_directory(options.data), event_log::access::read_write, random);
  if (!log) return fail(errors, with_advice(log.error(), options.data));
  const auto moved = move_rooms(*log.value(), before.value(), out);
  if (!moved) return fail(errors, with_advice(moved.error(), options.data));
  return 0;
}

} // namespace palabre::app
