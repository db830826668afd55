#include "projections/log_reader.hpp"

namespace palabre::projections {

result<log_reader::stretch> log_reader::events_of(const stream_id& stream, stream_version after, stream_version last,
                                                  std::size_t count_max, std::size_t bytes_max) const {
  stretch found;
  std::size_t bytes = 0;
  PALABRE_TRY(log_.read_stream(stream, after, count_max + 1, [&](const storage::committed_record& r) {
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

result<stream_version> log_reader::head_of(const stream_id& stream) const {
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
