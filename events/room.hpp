#pragma once
// The aggregate *room*: settings, membership, messages and reactions. Its state stays small whatever its history and
// however many members: what a decision must know about one member or one old message comes in the command as facts,
// true for a seq, and recent_facts corrects them with what has changed since (decisions.md 1).

#include "events/event.hpp"
#include "events/invitations.hpp"
#include "events/room_settings.hpp"

namespace palabre::events {

// ---- Parts

/// A direct room is of two people for good: it has no name of its own unless it was given one, no share code, and
/// nobody in it has a role above the other's. Its owner is who opened it, and has no more to say.
enum class room_kind : std::uint8_t { salon, session, direct };
BOOST_DESCRIBE_ENUM(room_kind, salon, session, direct)

enum class join_way : std::uint8_t { created, open, share_code, invitation };
BOOST_DESCRIBE_ENUM(join_way, created, open, share_code, invitation)

// ---- Events (names: decisions.md 9). The acting user is in the envelope.

struct room_created_v1 {
  static constexpr event_type type{"room.created", 1, audience::members};
  room_kind kind = room_kind::salon;
  room_settings_v1 settings;
  secret<std::string> share_code;
};
BOOST_DESCRIBE_STRUCT(room_created_v1, (), (kind, settings, share_code))

struct room_created {
  static constexpr event_type type{"room.created", 2, audience::members};
  room_kind kind = room_kind::salon;
  room_settings settings;
  secret<std::string> share_code;

  using previous = room_created_v1;
  static room_created upcast(previous old) {
    return {old.kind, settings_from(std::move(old.settings)), std::move(old.share_code)};
  }
};
BOOST_DESCRIBE_STRUCT(room_created, (), (kind, settings, share_code))

struct room_updated_v1 {
  static constexpr event_type type{"room.updated", 1, audience::members};
  room_settings_v1 settings;
};
BOOST_DESCRIBE_STRUCT(room_updated_v1, (), (settings))

struct room_updated {
  static constexpr event_type type{"room.updated", 2, audience::members};
  room_settings settings;

  using previous = room_updated_v1;
  static room_updated upcast(previous old) { return {settings_from(std::move(old.settings))}; }
};
BOOST_DESCRIBE_STRUCT(room_updated, (), (settings))

struct room_archived {
  static constexpr event_type type{"room.archived", 1, audience::members};
  bool by_owner = true; ///< an event needs at least one field to have a shape
};
BOOST_DESCRIBE_STRUCT(room_archived, (), (by_owner))

struct room_restored {
  static constexpr event_type type{"room.restored", 1, audience::members};
  bool by_owner = true;
};
BOOST_DESCRIBE_STRUCT(room_restored, (), (by_owner))

/// The owner becomes an administrator, and `user` the owner.
struct room_owner_changed {
  static constexpr event_type type{"room.owner_changed", 1, audience::members};
  user_id user;
  user_id was;
};
BOOST_DESCRIBE_STRUCT(room_owner_changed, (), (user, was))

struct room_code_rotated {
  static constexpr event_type type{"room.code_rotated", 1, audience::members};
  secret<std::string> share_code;
};
BOOST_DESCRIBE_STRUCT(room_code_rotated, (), (share_code))

struct member_joined {
  static constexpr event_type type{"member.joined", 1, audience::members};
  user_id user;
  events::role role = events::role::member;
  join_way way = join_way::open;
  personal<std::string> display_name; ///< as of then
};
BOOST_DESCRIBE_STRUCT(member_joined, (), (user, role, way, display_name))

struct member_left {
  static constexpr event_type type{"member.left", 1, audience::members};
  user_id user;
};
BOOST_DESCRIBE_STRUCT(member_left, (), (user))

/// Sent away; they may come back as they came.
struct member_kicked {
  static constexpr event_type type{"member.kicked", 1, audience::members};
  user_id user;
};
BOOST_DESCRIBE_STRUCT(member_kicked, (), (user))

/// Behind member.kicked where they were a member. A ban of somebody banned already is the one that counts from then on.
struct member_banned {
  static constexpr event_type type{"member.banned", 1, audience::moderators};
  user_id user;
  std::optional<timestamp> expires_at; ///< nullopt: never
  personal<std::optional<std::string>> reason;
};
BOOST_DESCRIBE_STRUCT(member_banned, (), (user, expires_at, reason))

struct member_unbanned {
  static constexpr event_type type{"member.unbanned", 1, audience::moderators};
  user_id user;
};
BOOST_DESCRIBE_STRUCT(member_unbanned, (), (user))

/// They read and react, but do not write; also after they have left and come back.
struct member_muted {
  static constexpr event_type type{"member.muted", 1, audience::moderators};
  user_id user;
  std::optional<timestamp> expires_at; ///< nullopt: never
  personal<std::optional<std::string>> reason;
};
BOOST_DESCRIBE_STRUCT(member_muted, (), (user, expires_at, reason))

struct member_unmuted {
  static constexpr event_type type{"member.unmuted", 1, audience::moderators};
  user_id user;
};
BOOST_DESCRIBE_STRUCT(member_unmuted, (), (user))

struct member_role_changed {
  static constexpr event_type type{"member.role_changed", 1, audience::members};
  user_id user;
  events::role role = events::role::member;
};
BOOST_DESCRIBE_STRUCT(member_role_changed, (), (user, role))

struct message_posted_v1 {
  static constexpr event_type type{"message.posted", 1, audience::members};
  message_id message;
  personal<std::string> body;
  std::optional<message_id> reply_to;
  stream_version reply_to_seq = 0;
  std::optional<std::string> client_id;
  personal<raw_json> metadata;
  personal<std::string> author_name;
};
BOOST_DESCRIBE_STRUCT(message_posted_v1, (), (message, body, reply_to, reply_to_seq, client_id, metadata, author_name))

struct message_posted {
  static constexpr event_type type{"message.posted", 2, audience::members};
  message_id message;
  personal<std::string> body;
  std::optional<message_id> reply_to;
  stream_version reply_to_seq = 0; ///< 0 without reply_to
  std::optional<std::string> client_id;
  personal<raw_json> metadata;
  personal<std::string> author_name;       ///< as of then
  std::vector<user_id> mentioned_user_ids; ///< members whose login stands in it behind an @, but for its author

  using previous = message_posted_v1;
  static message_posted upcast(previous old) {
    return {old.message,
            std::move(old.body),
            old.reply_to,
            old.reply_to_seq,
            std::move(old.client_id),
            std::move(old.metadata),
            std::move(old.author_name),
            {}};
  }
};
BOOST_DESCRIBE_STRUCT(message_posted, (),
                      (message, body, reply_to, reply_to_seq, client_id, metadata, author_name, mentioned_user_ids))

struct message_edited_v1 {
  static constexpr event_type type{"message.edited", 1, audience::members};
  message_id message;
  stream_version message_seq = 0;
  std::uint32_t edit = 1;
  personal<std::string> body;
};
BOOST_DESCRIBE_STRUCT(message_edited_v1, (), (message, message_seq, edit, body))

struct message_edited {
  static constexpr event_type type{"message.edited", 2, audience::members};
  message_id message;
  stream_version message_seq = 0;
  std::uint32_t edit = 1; ///< 1 for the first edit of this message, then 2, …
  personal<std::string> body;
  std::vector<user_id> mentioned_user_ids; ///< by what it says now

  using previous = message_edited_v1;
  static message_edited upcast(previous old) {
    return {old.message, old.message_seq, old.edit, std::move(old.body), {}};
  }
};
BOOST_DESCRIBE_STRUCT(message_edited, (), (message, message_seq, edit, body, mentioned_user_ids))

struct message_deleted {
  static constexpr event_type type{"message.deleted", 1, audience::members};
  message_id message;
  stream_version message_seq = 0;
  user_id author;
};
BOOST_DESCRIBE_STRUCT(message_deleted, (), (message, message_seq, author))

struct reaction_added {
  static constexpr event_type type{"reaction.added", 1, audience::members};
  message_id message;
  stream_version message_seq = 0;
  std::string emoji; ///< fully qualified
};
BOOST_DESCRIBE_STRUCT(reaction_added, (), (message, message_seq, emoji))

struct reaction_removed {
  static constexpr event_type type{"reaction.removed", 1, audience::members};
  message_id message;
  stream_version message_seq = 0;
  std::string emoji;
};
BOOST_DESCRIBE_STRUCT(reaction_removed, (), (message, message_seq, emoji))

/// The room's people find it among the pins. Deleting it ends that as well.
struct message_pinned {
  static constexpr event_type type{"message.pinned", 1, audience::members};
  message_id message;
  stream_version message_seq = 0;
};
BOOST_DESCRIBE_STRUCT(message_pinned, (), (message, message_seq))

struct message_unpinned {
  static constexpr event_type type{"message.unpinned", 1, audience::members};
  message_id message;
  stream_version message_seq = 0;
};
BOOST_DESCRIBE_STRUCT(message_unpinned, (), (message, message_seq))

/// Somebody asks the moderators to look at it, once each. Deleting it ends that as well.
struct message_reported {
  static constexpr event_type type{"message.reported", 1, audience::moderators};
  message_id message;
  stream_version message_seq = 0;
  personal<std::optional<std::string>> reason;
};
BOOST_DESCRIBE_STRUCT(message_reported, (), (message, message_seq, reason))

/// A moderator has looked at what was reported, and lets it stand.
struct message_reviewed {
  static constexpr event_type type{"message.reviewed", 1, audience::moderators};
  message_id message;
  stream_version message_seq = 0;
};
BOOST_DESCRIBE_STRUCT(message_reviewed, (), (message, message_seq))

using room_event =
    std::variant<message_posted, reaction_added, reaction_removed, message_edited, message_deleted, message_pinned,
                 message_unpinned, message_reported, message_reviewed, member_joined, member_left, member_kicked,
                 member_banned, member_unbanned, member_muted, member_unmuted, member_role_changed, room_created,
                 room_updated, room_code_rotated, room_owner_changed, room_archived, room_restored, invitation_created,
                 invitation_accepted, invitation_revoked>;

/// Who is no member any more behind this event.
std::optional<user_id> departed_in(const room_event& event);

/// Events of share code streams.
struct share_code_claimed {
  static constexpr event_type type{"share_code.claimed", 1, audience::nobody};
  room_id room;
};
BOOST_DESCRIBE_STRUCT(share_code_claimed, (), (room))

struct share_code_released {
  static constexpr event_type type{"share_code.released", 1, audience::nobody};
  room_id room;
};
BOOST_DESCRIBE_STRUCT(share_code_released, (), (room))

using share_code_event = std::variant<share_code_claimed, share_code_released>;

/// Events of the streams of two people: the one direct room that they have.
struct direct_pair_claimed {
  static constexpr event_type type{"direct_pair.claimed", 1, audience::nobody};
  room_id room;
};
BOOST_DESCRIBE_STRUCT(direct_pair_claimed, (), (room))

using direct_pair_event = std::variant<direct_pair_claimed>;

// ---- Facts: what the views knew when the edge looked.

struct message_fact {
  stream_version seq = 0;
  user_id author;
  bool deleted = false;
  std::uint32_t edits = 0;
  std::vector<user_id> mentioned = {};
};

/// Somebody whom an @ of a text may mean.
struct mentioned_person {
  user_id user;
  bool is_member = false;
};

/// What a room holds against somebody; it outlasts their membership.
struct sanctions {
  timestamp banned_until; ///< the beginning of time: not banned
  timestamp muted_until;
  friend bool operator==(const sanctions&, const sanctions&) = default;
};

struct room_facts {
  stream_version true_at = 0;                     ///< the room's seq in the views, read before the facts
  std::optional<events::standing> standing;       ///< of the acting user
  std::optional<message_fact> message;            ///< that the command is about, or replies to; nullopt: none such here
  std::optional<events::standing> other_standing; ///< of whom the command is about: a message's author, for deleting
                                                  ///< it, or a person by name
  sanctions held;                                 ///< against whom the command is about; for joining: who acts
  bool reacted = false;                           ///< the acting user has this reaction on this message
  std::vector<std::string> emoji_kinds;           ///< on this message
  std::size_t rooms_of_user = 0;                  ///< that the acting user is in, for joining
  std::size_t rooms_of_other = 0;                 ///< that whom a direct room is opened with is in
  timestamp last_post;                            ///< of the acting user, for posting where slow mode is on
  std::vector<std::vector<mentioned_person>> mentioned; ///< by each @ of the text; of several the first member
  std::vector<user_id> reporters;                       ///< of the message, since somebody last looked at it
};

// ---- Commands. Errors of all but those that make a room: not_found (a private room, to who is not in it), forbidden,
// room_archived (all that write), stale_facts (the edge looks up again).

/// The room's first events: room.created, member.joined (owner), and the share code's claim.
/// Errors: conflict: the id is taken; limit_exceeded: rooms_per_user.
struct create_room {
  room_id room;
  room_kind kind = room_kind::salon;
  room_settings settings;
  std::string share_code; ///< canonical; a taken one is found by the append (expectation even)
  stream_id share_code_stream;
  std::string display_name; ///< of the owner
};

/// The same for two people: room.created, member.joined twice, and the pair's claim.
struct open_direct_room {
  room_id room;
  user_id user; ///< whom with
  stream_id pair;
  room_settings settings;   ///< private
  std::string display_name; ///< of who opens it. The other's is not theirs to write: it would be sealed as their own
};

/// Turning a public room private also rotates its code, as rotate_share_code does.
struct update_room {
  room_settings settings; ///< equal to the current ones: no event
  room_id room;
  std::string share_code; ///< the new one, used if the room turns private
  stream_id share_code_stream;
  stream_id old_share_code_stream; ///< of the code that the edge read; wrong by now: conflict
  std::string old_share_code;
  /// What the edge applied a change of some fields to; not so any more: stale_facts.
  std::optional<room_settings> based_on = std::nullopt;
};

struct rotate_share_code {
  room_id room;
  std::string share_code;
  stream_id share_code_stream;
  stream_id old_share_code_stream;
  std::string old_share_code;
};

struct archive_room {}; ///< archived already: no event

/// A member already: no event. Errors: limit_exceeded: rooms_per_user; not_found: the code is not this room's (any
/// more), nor the invitation open to who acts; banned.
struct join_room {
  std::optional<std::string> share_code; ///< canonical
  std::string display_name;
  std::optional<invitation_id> invitation = std::nullopt; ///< whose code was shown
  // Neither: the open way into public rooms, and into others by an invitation for who acts.
};

/// Errors: conflict: whom it is for is a member; banned; limit_exceeded: open_invitations_per_room (expired ones make
/// room).
struct create_invitation {
  invitation_id invitation;
  std::string code; ///< canonical
  std::optional<palabre::user_id> user_id;
  std::optional<std::string> email;
  std::uint32_t uses = 1;
  timestamp expires_at;
};

/// Errors: not_found: no such invitation is open.
struct revoke_invitation {
  invitation_id invitation;
};

/// Not a member: no event. Errors: owner_must_transfer, forbidden (a direct room).
struct leave_room {};

/// Not archived: no event.
struct restore_room {};

// Commands about a person. They go down: whoever they are about has a lower role than who acts, else forbidden; so
// nobody means themselves.

/// The owner's role goes to `user`. Theirs already: no event. Errors: not_a_member.
struct transfer_room {
  user_id user;
};

/// Theirs already: no event. Errors: not_a_member; forbidden: also where `role` is not below that of who acts.
struct change_role {
  user_id user;
  events::role role = events::role::member;
};

/// Errors: not_a_member.
struct kick_member {
  user_id user;
};

/// Members or not; who is one goes. Banned until then already: no event.
struct ban_user {
  user_id user;
  std::optional<timestamp> expires_at; ///< nullopt: never
  std::optional<std::string> reason;
};

/// Not banned: no event.
struct unban_user {
  user_id user;
};

/// Members or not. Muted until then already: no event.
struct mute_user {
  user_id user;
  std::optional<timestamp> expires_at; ///< nullopt: never
  std::optional<std::string> reason;
};

/// Not muted: no event.
struct unmute_user {
  user_id user;
};

/// Errors: invalid (`reply_to` is no message of this room), muted, slow_mode, limit_exceeded: mentions_per_message.
struct post_message {
  message_id message;
  std::string body;
  std::optional<message_id> reply_to;
  std::optional<std::string> client_id;
  raw_json metadata;
  std::string author_name;
};

/// Whom its words before did not mention is told. Errors: not_found (no such message), forbidden (not the author),
/// message_deleted, muted, limit_exceeded: edits_per_message, mentions_per_message.
struct edit_message {
  message_id message;
  std::string body;
};

/// Deleted already: no event. Errors: not_found, forbidden.
struct delete_message {
  message_id message;
};

/// Pinned already: no event. Errors: not_found, message_deleted, limit_exceeded: pins_per_room.
struct pin_message {
  message_id message;
};

/// Not pinned: no event. Errors: not_found.
struct unpin_message {
  message_id message;
};

/// Reported by who acts already: no event. Errors: not_found, message_deleted, forbidden (one's own), limit_exceeded:
/// reports_per_message.
struct report_message {
  message_id message;
  std::optional<std::string> reason;
};

/// Not reported: no event. Errors: not_found.
struct review_message {
  message_id message;
};

enum class reaction_change : std::uint8_t { add, remove, toggle };

/// Nothing to change: no event. Errors: not_found, message_deleted, limit_exceeded: emoji_kinds_per_message.
struct react {
  message_id message;
  std::string emoji; ///< canonical, see events/emoji.hpp
  reaction_change change = reaction_change::add;
};

using room_command =
    std::variant<create_room, open_direct_room, update_room, rotate_share_code, archive_room, restore_room,
                 transfer_room, join_room, leave_room, change_role, kick_member, ban_user, unban_user, mute_user,
                 unmute_user, post_message, edit_message, delete_message, pin_message, unpin_message, report_message,
                 review_message, react, create_invitation, revoke_invitation>;

/// Whether a command is for a room that is not there yet.
bool makes_a_room(const room_command& command);
/// Whom a command names; nullopt: nobody but who acts.
std::optional<user_id> person_of(const room_command& command);
/// Which message a command is about, or replies to; nullopt: none.
std::optional<message_id> message_of(const room_command& command);

// ---- State

struct room_state {
  bool exists = false;
  room_kind kind = room_kind::salon;
  room_settings settings;
  user_id owner;
  std::string share_code;
  std::uint64_t member_count = 0;
  std::uint64_t message_count = 0;          ///< without deleted ones
  std::vector<message_id> pins;             ///< in the order in which they were pinned
  std::vector<open_invitation> invitations; ///< in the order in which they were made
  bool archived = false;
  timestamp created_at;
  timestamp updated_at; ///< of the last change of settings
  stream_version version = 0;
  timestamp last_time; ///< of the last event: the next one is not earlier
  friend bool operator==(const room_state&, const room_state&) = default;
};
BOOST_DESCRIBE_STRUCT(room_state, (),
                      (exists, kind, settings, owner, share_code, member_count, message_count, pins, invitations,
                       archived, created_at, updated_at, version, last_time))

/// Requires: `facts` corrected by recent_facts, if there may be newer events than facts.true_at.
result<decided<room_event>> decide(const room_state& state, const room_facts& facts, const room_command& command,
                                   const command_meta& meta);

/// Total: every event that was ever appended can be applied.
void evolve(room_state& state, const room_event& event, const event_meta& meta);

// ---- Words

/// Share codes are 10 characters of Crockford's base32; reading forgives case, hyphens, O for 0 and I or L for 1.
/// nullopt: not such a code.
std::optional<std::string> canonical_share_code(std::string_view text);
/// Makes a code of 50 random bits. Requires: 7 bytes.
std::string share_code_from(const std::uint8_t* random);

} // namespace palabre::events
