#pragma once
// Which streams there are. Names that are personal or guessable (logins, share codes) enter as an HMAC under the
// server's name key, so that the log shows none of them.

#include "base/digest.hpp"
#include "base/stream_id.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace palabre::events {

enum class stream_kind : char {
  user = 'u',       ///< by user id; events of events/user.hpp
  room = 'r',       ///< by room id; events of events/room.hpp
  inbox = 'i',      ///< by user id; what concerns that user: events of events/inbox.hpp
  login = 'l',      ///< by HMAC of a login; login.claimed and login.released alternate
  share_code = 'c', ///< by HMAC of a share code; share_code.claimed and share_code.released alternate
  direct_pair = 'd' ///< by a digest of two people's ids; direct_pair.claimed once
};

inline stream_id stream_of(user_id user) {
  return {static_cast<char>(stream_kind::user), user};
}
inline stream_id stream_of(room_id room) {
  return {static_cast<char>(stream_kind::room), room};
}

inline stream_id inbox_of(user_id user) {
  return {static_cast<char>(stream_kind::inbox), user};
}

/// Requires: `login` in its canonical (lower-case) form.
stream_id login_stream(std::string_view name_key, std::string_view login);
/// Requires: `code` in its canonical form (see canonical_share_code).
stream_id share_code_stream(std::string_view name_key, std::string_view code);

/// The same whoever of the two comes first.
stream_id direct_pair_stream(user_id one, user_id other);

/// "room:0190…", for people and tools.
std::string name_of(const stream_id& stream);
/// The other way round. nullopt: not such a name.
std::optional<stream_id> parse_stream(std::string_view name);

} // namespace palabre::events
