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

result<std::vector<position>> log_reader::find_in_log(position after, position last,
                                                      const record_filter& wanted) const {
  std::vector<position> found;
  PALABRE_TRY(log_.scan_in_place(after, last, [&](const storage::record& r, std::string_view) {
    if (wanted(r)) found.push_back(r.at);
    return true;
  }));
  return found;
}

result<std::vector<position>> log_reader::find_in_stream(const stream_id& stream, stream_version after,
                                                         stream_version last, const record_filter& wanted) const {
  std::vector<position> found;
  PALABRE_TRY(log_.read_stream(stream, after, last - after, [&](const storage::committed_record& r) {
    if (wanted(r.view)) found.push_back(r.view.at);
    return true;
  }));
  return found;
}

result<stream_version> log_reader::version_at(const stream_id& stream, position at) const {
  PALABRE_TRY(const auto head, log_.head_of(stream));
  if (head.at <= at) return head.version;
  stream_version before = 0, behind = head.version;
  while (before + 1 < behind) {
    const stream_version middle = before + (behind - before) / 2;
    PALABRE_TRY(const position its, position_of(stream, middle));
    (its <= at ? before : behind) = middle;
  }
  return before;
}

result<position> log_reader::position_of(const stream_id& stream, stream_version version) const {
  PALABRE_TRY(const auto at, log_.find_version(stream, version));
  if (!at) return error{errc::corrupt, "a stream's index has no version " + std::to_string(version)};
  return *at;
}

} // namespace palabre::projections
