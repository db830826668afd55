#pragma once
// The aggregate *user*: an account, its profile, its sessions and its presence (events/presence.hpp). Pure: time, ids,
// hashes and randomness come in commands. Passwords never come near: commands carry Argon2id hashes and SHA-256 hashes
// of refresh tokens.

#include "base/digest.hpp"
#include "events/event.hpp"
#include "events/notification_level.hpp"
#include "events/presence.hpp"

namespace palabre::events {

// ---- Parts

/// What others see of a user. The whole of it stands in every event that changes it.
struct user_profile {
  personal<std::string> display_name;
  personal<std::optional<std::string>> avatar_url;
  personal<std::optional<std::string>> bio;
  personal<std::optional<std::string>> city;
  personal<std::vector<std::string>> interests;
  friend bool operator==(const user_profile&, const user_profile&) = default;
};
BOOST_DESCRIBE_STRUCT(user_profile, (), (display_name, avatar_url, bio, city, interests))

enum class session_end : std::uint8_t { logout, token_reused, password_changed, expired, user_erased };
BOOST_DESCRIBE_ENUM(session_end, logout, token_reused, password_changed, expired, user_erased)

// ---- Events

struct user_registered {
  static constexpr event_type type{"user.registered", 1, audience::nobody};
  personal<std::string> login;
  personal<std::optional<std::string>> email;
  user_profile profile;
  secret<std::string> password_hash; ///< Argon2id, encoded form
};
BOOST_DESCRIBE_STRUCT(user_registered, (), (login, email, profile, password_hash))

struct profile_changed {
  static constexpr event_type type{"profile.changed", 1, audience::self};
  user_profile profile;
};
BOOST_DESCRIBE_STRUCT(profile_changed, (), (profile))

struct password_changed {
  static constexpr event_type type{"password.changed", 1, audience::nobody};
  secret<std::string> password_hash;
};
BOOST_DESCRIBE_STRUCT(password_changed, (), (password_hash))

struct session_opened {
  static constexpr event_type type{"session.opened", 1, audience::self};
  session_id session;
  secret<std::string> token_hash; ///< hex SHA-256 of the refresh token
  timestamp expires_at;           ///< of the refresh token
};
BOOST_DESCRIBE_STRUCT(session_opened, (), (session, token_hash, expires_at))

struct session_refreshed {
  static constexpr event_type type{"session.refreshed", 1, audience::nobody};
  session_id session;
  secret<std::string> token_hash; ///< of the new token; the previous one is spent
  timestamp expires_at;
};
BOOST_DESCRIBE_STRUCT(session_refreshed, (), (session, token_hash, expires_at))

struct session_closed {
  static constexpr event_type type{"session.closed", 1, audience::self};
  session_id session;
  session_end reason = session_end::logout;
};
BOOST_DESCRIBE_STRUCT(session_closed, (), (session, reason))

/// The last event of an account: the key of the person's words is destroyed, and what the views have of them goes. The
/// actor is the system.
struct user_erased {
  static constexpr event_type type{"user.erased", 1, audience::nobody};
  std::uint32_t key_id = 0; ///< of the destroyed key
};
BOOST_DESCRIBE_STRUCT(user_erased, (), (key_id))

/// From now on an administrator. The actor is the system: it is said on a command line.
struct user_promoted {
  static constexpr event_type type{"user.promoted", 1, audience::self};
  friend bool operator==(const user_promoted&, const user_promoted&) = default;
};
BOOST_DESCRIBE_STRUCT(user_promoted, (), ())

/// No administrator any more, likewise.
struct user_demoted {
  static constexpr event_type type{"user.demoted", 1, audience::self};
  friend bool operator==(const user_demoted&, const user_demoted&) = default;
};
BOOST_DESCRIBE_STRUCT(user_demoted, (), ())

/// What the user has begun to write in a room. It changes nothing of the account: the inbox says which of them is the
/// draft, in the order in which that was decided.
struct draft_saved {
  static constexpr event_type type{"draft.saved", 1, audience::self};
  room_id room;
  personal<std::string> body;
  std::optional<message_id> reply_to;
};
BOOST_DESCRIBE_STRUCT(draft_saved, (), (room, body, reply_to))

using user_event =
    std::variant<user_registered, profile_changed, password_changed, session_opened, session_refreshed, session_closed,
                 presence_changed, presence_configured, user_erased, user_promoted, user_demoted, draft_saved>;

/// Events of login streams.
struct login_claimed {
  static constexpr event_type type{"login.claimed", 1, audience::nobody};
  user_id user;
};
BOOST_DESCRIBE_STRUCT(login_claimed, (), (user))

struct login_released {
  static constexpr event_type type{"login.released", 1, audience::nobody};
  user_id user;
};
BOOST_DESCRIBE_STRUCT(login_released, (), (user))

using login_event = std::variant<login_claimed, login_released>;

// ---- Commands. The acting user is the user of the stream.

/// With the first session: one append makes an account usable. Errors: conflict: the id is taken (ids are random: a
/// bug). A taken login is found by the append itself (expectation even).
struct register_user {
  std::string login; ///< canonical
  stream_id login_stream;
  std::optional<std::string> email;
  user_profile profile;
  std::string password_hash;
  session_opened session;
};

/// Errors: stale_facts: the profile is no longer `based_on`.
struct change_profile {
  user_profile profile;                                ///< equal to the current one: no event
  std::optional<user_profile> based_on = std::nullopt; ///< what the edge applied a change of some fields to
};

/// All other sessions end. Errors: conflict: the password was changed since `proved_at`.
struct change_password {
  std::string password_hash;
  session_id kept;              ///< the session that asks stays open
  stream_version proved_at = 0; ///< version of the event whose hash the current password was verified against
};

/// Errors: wrong_credentials: the password was changed since `proved_at`; limit_exceeded: sessions_per_user.
struct open_session {
  session_opened session;
  stream_version proved_at = 0;
};

/// Errors: unauthenticated: no such session, or a token never issued for it, or a spent one (which also ends the
/// session); token_expired.
struct refresh_session {
  session_id session;
  std::string presented_hash;
  std::string next_hash;
  timestamp next_expires_at;
};

/// By its refresh token, as long as it is the current one. Errors: as refresh_session.
struct close_session {
  session_id session;
  std::string presented_hash;
};

/// No event of the account, but one in the user's inbox. Requires: `seq` is one of the room's, and higher than the last
/// one read as far as the edge knows: of several that cross the highest counts.
struct advance_read {
  room_id room;
  stream_version seq = 0;
};

// What somebody keeps for themselves in a room.

struct choose_notifications {
  room_id room;
  notification_level level = notification_level::all;
};

struct save_draft {
  room_id room;
  std::string body;
  std::optional<message_id> reply_to;
};

struct discard_draft {
  room_id room;
};

/// The account ends: its presence, its sessions, its login. Erased already: no event. Afterwards there is no such
/// account for any other command. Its actor is not the user but the system.
struct erase_user {
  std::uint32_t key_id = 0;      ///< of the key that will be destroyed
  std::vector<stream_id> logins; ///< login streams that the user holds
};

/// An administrator already: no event. Its actor is the system, as that of demote_user.
struct promote_user {};

/// No administrator: no event.
struct demote_user {};

using user_command =
    std::variant<register_user, change_profile, change_password, open_session, refresh_session, close_session,
                 set_presence, note_presence, configure_presence, advance_read, choose_notifications, save_draft,
                 discard_draft, erase_user, promote_user, demote_user>;

// ---- State

struct user_session {
  session_id id;
  std::string token_hash;
  timestamp expires_at;
  std::vector<std::string> spent; ///< hashes of refresh tokens that were rotated away, newest last; bounded
  friend bool operator==(const user_session&, const user_session&) = default;
};
BOOST_DESCRIBE_STRUCT(user_session, (), (id, token_hash, expires_at, spent))

struct user_state {
  bool exists = false;
  bool erased = false;
  bool administrator = false;
  std::string login;
  std::optional<std::string> email;
  user_profile profile;
  std::string password_hash;
  stream_version password_version = 0; ///< of the event that set it
  std::vector<user_session> sessions;  ///< open ones, oldest first
  timestamp created_at;
  presence_state presence;
  stream_version version = 0;
  timestamp last_time; ///< of the last event: the next one is not earlier
  friend bool operator==(const user_state&, const user_state&) = default;
};
BOOST_DESCRIBE_STRUCT(user_state, (),
                      (exists, erased, administrator, login, email, profile, password_hash, password_version, sessions,
                       created_at, presence, version, last_time))

/// Requires: `meta.actor` is the user of the stream (checked by the edge: nobody commands another's account), but for
/// the commands of the system: erase_user, promote_user and demote_user.
result<decided<user_event>> decide(const user_state& state, const user_command& command, const command_meta& meta);

/// Total: every event that was ever appended can be applied.
void evolve(user_state& state, const user_event& event, const event_meta& meta);

// ---- Words

/// 3 to 32 of [a-z0-9_.-] after lower-casing; nullopt otherwise.
std::optional<std::string> canonical_login(std::string_view text);

} // namespace palabre::events
