#pragma once
// How presence looks outside: the same fields in answers and in pushes.

#include "base/ids.hpp"
#include "events/presence.hpp"

#include <optional>
#include <string>

namespace palabre::http {

/// What people who share a room with `user` see of them. As JSON: {"user_id","status","text","expires_at",
/// "last_seen_at"}.
struct shown_presence {
  static constexpr std::string_view shape_name = "Presence";
  static constexpr std::string_view example =
      R"({"user_id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c11","status":"online","text":null,"expires_at":null,)"
      R"("last_seen_at":null})";
  user_id user;
  events::presence_status status = events::presence_status::offline;
  std::optional<std::string> text;
  std::optional<timestamp> expires_at;
  std::optional<timestamp> last_seen_at;
};
BOOST_DESCRIBE_STRUCT(shown_presence, (), (user, status, text, expires_at, last_seen_at))

/// How many are what in a room. As JSON: {"online","away","busy"}.
struct presence_counts {
  std::uint64_t online = 0, away = 0, busy = 0;
  friend bool operator==(const presence_counts&, const presence_counts&) = default;
};
BOOST_DESCRIBE_STRUCT(presence_counts, (), (online, away, busy))

/// `{"type":"presence.changed","v":1,"id":…,"actor_id":…,"at":…,"data":{…}}`. `event` is null where no event says it:
/// a lease that ran out.
std::string presence_publication(const shown_presence& of, const std::optional<uuid>& event, timestamp at);

/// `{"type":"presence.counted","v":1,"room_id":…,"at":…,"data":{…}}`.
std::string count_publication(room_id room, const presence_counts& counts, timestamp at);

} // namespace palabre::http
