#include "projections/log_reader.hpp"

#include "events/streams.hpp"

namespace palabre::projections {

result<log_reader::stretch> log_reader::room_events(room_id room, stream_version after, stream_version last,
                                                    std::size_t count_max, std::size_t bytes_max) const {
  stretch found;
  std::size_t bytes = 0;
  PALABRE_TRY(log_.read_stream(events::stream_of(room), after, count_max + 1, [&](const storage::committed_record& r) {
    if (r.view.version > last) return false;
    bytes += r.stored.size();
    if (found.records.size() == count_max || bytes > bytes_max) {
      found.complete = false;
      return false;
    }
    found.records.push_back(r.copy());
    return true;
  }));
  return found;
}

result<stream_version> log_reader::room_head(room_id room) const {
  const stream_id stream = events::stream_of(room);
  const position published = log_.head(); // first: the head row may be written before it is acknowledged
  PALABRE_TRY(const auto head, log_.head_of(stream));
  stream_version version = head.version;
  for (position at = head.at; version > 0 && at > published;) {
    --version;
    PALABRE_TRY(const auto earlier, log_.find_version(stream, version));
    at = version == 0 || !earlier ? position{} : *earlier;
  }
  return version;
}

} // namespace palabre::projections
