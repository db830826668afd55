#pragma once
// Invitations into a room: for one person, or for whoever shows the code; so many times, and until then. Those that are
// open are few (limits::open_invitations_per_room_max), and stand in the room's state: who comes in by the last use of
// one is decided there.

#include "base/stream_id.hpp"
#include "events/event.hpp"

namespace palabre::events {

// ---- Events of rooms. Members do not see them: who holds a code comes in.

struct invitation_created {
  static constexpr event_type type{"invitation.created", 1, audience::moderators};
  invitation_id invitation;
  secret<std::string> code;
  std::optional<palabre::user_id> user_id;    ///< nullopt: whoever shows the code
  personal<std::optional<std::string>> email; ///< where who invites sends the code: a note of theirs
  std::uint32_t uses = 1;
  timestamp expires_at;
};
BOOST_DESCRIBE_STRUCT(invitation_created, (), (invitation, code, user_id, email, uses, expires_at))

/// With the member.joined of who acts. The last use ends it.
struct invitation_accepted {
  static constexpr event_type type{"invitation.accepted", 1, audience::moderators};
  invitation_id invitation;
};
BOOST_DESCRIBE_STRUCT(invitation_accepted, (), (invitation))

struct invitation_revoked {
  static constexpr event_type type{"invitation.revoked", 1, audience::moderators};
  invitation_id invitation;
  bool expired = false; ///< nobody took it back: it made room for others
};
BOOST_DESCRIBE_STRUCT(invitation_revoked, (), (invitation, expired))

// ---- State

struct open_invitation {
  invitation_id invitation;
  std::optional<palabre::user_id> user_id;
  std::uint32_t uses_left = 1;
  timestamp expires_at;

  bool has_expired(timestamp now) const { return expires_at <= now; }
  friend bool operator==(const open_invitation&, const open_invitation&) = default;
};
BOOST_DESCRIBE_STRUCT(open_invitation, (), (invitation, user_id, uses_left, expires_at))

// ---- Words

/// Invitation codes are 16 characters of the alphabet of share codes, 80 bits, and are read as forgivingly.
/// nullopt: not such a code.
std::optional<std::string> canonical_invitation_code(std::string_view text);
/// Requires: 10 random bytes.
std::string invitation_code_from(const std::uint8_t* random);
/// What stands for a code in tables: nobody finds 80 bits by trying. Requires: canonical.
uuid invitation_code_digest(std::string_view code);

} // namespace palabre::events
