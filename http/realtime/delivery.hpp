#pragma once
// What the publisher hands the hubs: the frames of a committed batch, encoded once.

#include "base/ids.hpp"
#include "base/position.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::http::realtime {

/// The records of one room in one batch, as WebSocket frames one behind the other: what a subscriber gets is a suffix
/// of it.
struct room_frames {
  /// Where a frame ends.
  struct mark {
    stream_version seq = 0;
    std::uint32_t end = 0;
  };
  /// Someone may not listen any more, once they have seen `seq`.
  struct farewell {
    stream_version seq = 0;
    std::optional<user_id> who; ///< nullopt: everyone
  };

  room_id room;
  stream_version first = 0, last = 0; ///< of the records, those that are not shown included; without gaps
  std::string bytes;
  std::vector<mark> marks;         ///< one for each frame
  std::vector<farewell> farewells; ///< nearly always none

  /// The frames with from < seq ≤ to.
  std::string_view between(stream_version from, stream_version to) const {
    const std::size_t begin = bytes_up_to(from);
    return std::string_view(bytes).substr(begin, bytes_up_to(to) - begin);
  }

private:
  std::size_t bytes_up_to(stream_version seq) const {
    if (seq < first) return 0;
    if (seq >= last) return bytes.size();
    const auto behind =
        std::upper_bound(marks.begin(), marks.end(), seq, [](stream_version s, const mark& m) { return s < m.seq; });
    return behind == marks.begin() ? 0 : std::prev(behind)->end;
  }
};
using room_frames_ptr = std::shared_ptr<const room_frames>;

/// A session that ended: its connections end before anything else of the batch is delivered.
struct ended_session {
  user_id user;
  session_id session;
};

/// Immutable and shared by the hubs.
struct delivery {
  std::vector<room_frames_ptr> rooms;
  std::vector<ended_session> ended_sessions;
};
using delivery_ptr = std::shared_ptr<const delivery>;

} // namespace palabre::http::realtime
