#pragma once
#include "base/digest.hpp"
#include "base/stream_id.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace palabre::http::realtime {

/// What one can listen to: a room, what concerns one user, or a channel that only has a name.
struct channel_id {
  enum class kind : std::uint8_t {
    room,  ///< "room:<id>": the events of a room
    user,  ///< "user:<id>": the inbox of a user
    named, ///< any other name; `id` is made of it
  };

  kind what = kind::room;
  uuid id;

  friend bool operator==(const channel_id&, const channel_id&) = default;
};

inline channel_id channel_of(room_id room) {
  return {channel_id::kind::room, room};
}
inline channel_id channel_of(user_id user) {
  return {channel_id::kind::user, user};
}
/// Of a name that is not reserved. 128 bits of SHA-256: two names never meet.
channel_id channel_named(std::string_view name);

/// "room:…" and "user:…" belong to the server, whatever follows.
bool is_reserved(std::string_view channel);
/// nullopt: a reserved name that is no id.
std::optional<channel_id> parse_channel(std::string_view name);

/// Whose events a channel tells. Requires: not `named`.
stream_id stream_of(const channel_id& channel);
/// Appends "room:<id>" or "user:<id>". Requires: not `named`.
void append_name(std::string& out, const channel_id& channel);

} // namespace palabre::http::realtime

template <>
struct std::hash<palabre::http::realtime::channel_id> {
  std::size_t operator()(const palabre::http::realtime::channel_id& c) const noexcept {
    return std::hash<palabre::uuid>{}(c.id) + static_cast<std::size_t>(c.what);
  }
};
