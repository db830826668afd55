#pragma once
// What goes to the hubs: frames of channels, encoded once.

#include "base/position.hpp"
#include "events/permissions.hpp"
#include "http/realtime/channel.hpp"
#include "http/realtime/wire.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::http::realtime {

/// Frames of one channel, one behind the other. Of events, the records of one batch, what a subscriber gets is a
/// suffix; ephemera, which have no offset, it gets as a whole or not at all.
struct channel_frames {
  enum class kind : std::uint8_t {
    events,
    ephemera, ///< for every subscriber
    joins,    ///< ephemera for those that want to hear who comes and goes
    lost      ///< without frames: events up to `last` that were dropped; whoever has not got them has to recover
  };
  /// Where a frame ends.
  struct mark {
    stream_version offset = 0;
    std::uint32_t end = 0;
  };
  /// Someone may not listen any more, once they have seen `offset`.
  struct farewell {
    stream_version offset = 0;
    std::optional<user_id> who; ///< nullopt: everyone
  };
  /// Someone has another role since `offset`.
  struct role_change {
    stream_version offset = 0;
    user_id who;
    events::role as{};
  };

  channel_id channel;
  kind what = kind::events;
  wire framing = wire::websocket;
  stream_version first = 0, last = 0; ///< offsets of events, those that are not shown included; without gaps
  std::string bytes;
  std::vector<mark> marks; ///< of events: one for each frame
  /// Nearly always none of these: who may not listen any more, whose role is another, and all of the stretch with what
  /// moderators alone see.
  std::vector<farewell> farewells;
  std::vector<role_change> role_changes;
  std::shared_ptr<const channel_frames> for_moderators;

  /// How many frames: that many of events, and ephemera are one.
  std::size_t publications() const {
    if (what == kind::events) return marks.size();
    return what == kind::lost ? 0 : 1;
  }
  /// Of events: how many have from < offset ≤ to.
  std::size_t publications_between(stream_version from, stream_version to) const {
    const auto counted = [&](const mark& m) { return m.offset > from && m.offset <= to; };
    return static_cast<std::size_t>(std::count_if(marks.begin(), marks.end(), counted));
  }
  /// The frames with from < offset ≤ to.
  std::string_view between(stream_version from, stream_version to) const {
    const std::size_t begin = bytes_up_to(from);
    return std::string_view(bytes).substr(begin, bytes_up_to(to) - begin);
  }

private:
  std::size_t bytes_up_to(stream_version offset) const {
    if (offset < first) return 0;
    if (offset >= last) return bytes.size();
    const auto behind = std::upper_bound(marks.begin(), marks.end(), offset,
                                         [](stream_version s, const mark& m) { return s < m.offset; });
    return behind == marks.begin() ? 0 : std::prev(behind)->end;
  }
};
using channel_frames_ptr = std::shared_ptr<const channel_frames>;

/// The same frames for subscribers on another wire. Requires: `from` is framed for wire::websocket; of a room if `to`
/// is wire::room_events, whose ids need the `epoch`.
channel_frames_ptr reframed(const channel_frames& from, wire to, std::string_view epoch);

/// Appends an event of a room for wire::room_events: `id: <epoch>:<seq>` and the event.
void append_room_event(std::string& out, std::string_view event, stream_version seq, std::string_view epoch);

/// A session that ended: its connections end before anything else of the batch is delivered.
struct ended_session {
  user_id user;
  session_id session;
};

/// Immutable and shared by the hubs.
struct delivery {
  std::vector<channel_frames_ptr> channels;
  std::vector<ended_session> ended_sessions;

  std::size_t bytes() const;
};
using delivery_ptr = std::shared_ptr<const delivery>;

/// What is left of a delivery for which there is no room: which sessions ended, and that events were lost. Ephemera go.
delivery_ptr without_frames(const delivery& full);

} // namespace palabre::http::realtime
