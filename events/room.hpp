#pragma once
// The aggregate *room*: settings, membership, messages and reactions. Its state stays small whatever its history and
// however many members: what a decision must know about one member or one old message comes in the command as facts,
// true for a seq, and recent_facts corrects them with what has changed since (decisions.md 1).

#include "events/event.hpp"
#include "events/permissions.hpp"

#include <deque>
#include <unordered_map>

namespace palabre::events {

// ---- Parts

enum class room_kind : std::uint8_t { salon, session };
BOOST_DESCRIBE_ENUM(room_kind, salon, session)

/// What the room's administrators can change. The whole of it stands in every event that changes it.
struct room_settings {
  std::string name;
  std::optional<std::string> description;
  std::optional<std::string> category;
  std::optional<std::string> color_theme;
  events::visibility visibility = events::visibility::closed;
  std::string time_zone = "UTC";
  friend bool operator==(const room_settings&, const room_settings&) = default;
};
BOOST_DESCRIBE_STRUCT(room_settings, (), (name, description, category, color_theme, visibility, time_zone))

inline void append_json(std::string& out, events::visibility value, secrets) {
  append_json_string(out, name_of(value));
}
void read_json(json_value value, visibility& out);

enum class join_way : std::uint8_t { created, open, share_code };
BOOST_DESCRIBE_ENUM(join_way, created, open, share_code)

// ---- Events (names: decisions.md 9). The acting user is in the envelope.

struct room_created {
  static constexpr event_type type{"room.created", 1, audience::members};
  room_kind kind = room_kind::salon;
  room_settings settings;
  secret<std::string> share_code;
};
BOOST_DESCRIBE_STRUCT(room_created, (), (kind, settings, share_code))

struct room_updated {
  static constexpr event_type type{"room.updated", 1, audience::members};
  room_settings settings;
};
BOOST_DESCRIBE_STRUCT(room_updated, (), (settings))

struct room_archived {
  static constexpr event_type type{"room.archived", 1, audience::members};
  bool by_owner = true; ///< an event needs at least one field to have a shape
};
BOOST_DESCRIBE_STRUCT(room_archived, (), (by_owner))

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

struct message_posted {
  static constexpr event_type type{"message.posted", 1, audience::members};
  message_id message;
  personal<std::string> body;
  std::optional<message_id> reply_to;
  stream_version reply_to_seq = 0; ///< 0 without reply_to
  std::optional<std::string> client_id;
  personal<raw_json> metadata;
  personal<std::string> author_name; ///< as of then
};
BOOST_DESCRIBE_STRUCT(message_posted, (), (message, body, reply_to, reply_to_seq, client_id, metadata, author_name))

struct message_edited {
  static constexpr event_type type{"message.edited", 1, audience::members};
  message_id message;
  stream_version message_seq = 0;
  std::uint32_t edit = 1; ///< 1 for the first edit of this message, then 2, …
  personal<std::string> body;
};
BOOST_DESCRIBE_STRUCT(message_edited, (), (message, message_seq, edit, body))

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

using room_event =
    std::variant<message_posted, reaction_added, reaction_removed, message_edited, message_deleted, member_joined,
                 member_left, room_created, room_updated, room_code_rotated, room_archived>;

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

// ---- Facts: what the views knew when the edge looked.

struct message_fact {
  stream_version seq = 0;
  user_id author;
  bool deleted = false;
  std::uint32_t edits = 0;
};

struct room_facts {
  stream_version true_at = 0;           ///< the room's seq in the views, read before the facts
  std::optional<role> standing;         ///< of the acting user
  std::optional<message_fact> message;  ///< that the command is about, or replies to; nullopt: none such in this room
  std::optional<role> author_standing;  ///< of that message's author, for deleting it
  bool reacted = false;                 ///< the acting user has this reaction on this message
  std::vector<std::string> emoji_kinds; ///< on this message
  std::size_t rooms_of_user = 0;        ///< that the acting user is in, for joining
};

// ---- Commands. Errors of all but create_room: not_found (a private room, to who is not in it), forbidden,
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
/// more).
struct join_room {
  std::optional<std::string> share_code; ///< canonical; nullopt: the open way, public rooms only
  std::string display_name;
};

/// Not a member: no event. Errors: owner_must_transfer.
struct leave_room {};

/// Errors: invalid (`reply_to` is no message of this room).
struct post_message {
  message_id message;
  std::string body;
  std::optional<message_id> reply_to;
  std::optional<std::string> client_id;
  raw_json metadata;
  std::string author_name;
};

/// Errors: not_found (no such message), forbidden (not the author), message_deleted, limit_exceeded: edits_per_message.
struct edit_message {
  message_id message;
  std::string body;
};

/// Deleted already: no event. Errors: not_found, forbidden.
struct delete_message {
  message_id message;
};

enum class reaction_change : std::uint8_t { add, remove, toggle };

/// Nothing to change: no event. Errors: not_found, message_deleted, limit_exceeded: emoji_kinds_per_message.
struct react {
  message_id message;
  std::string emoji; ///< canonical, see events/emoji.hpp
  reaction_change change = reaction_change::add;
};

using room_command = std::variant<create_room, update_room, rotate_share_code, archive_room, join_room, leave_room,
                                  post_message, edit_message, delete_message, react>;

// ---- State

struct room_state {
  bool exists = false;
  room_kind kind = room_kind::salon;
  room_settings settings;
  user_id owner;
  std::string share_code;
  std::uint64_t member_count = 0;
  std::uint64_t message_count = 0; ///< without deleted ones
  bool archived = false;
  timestamp created_at;
  timestamp updated_at; ///< of the last change of settings
  stream_version version = 0;
  timestamp last_time; ///< of the last event: the next one is not earlier
  friend bool operator==(const room_state&, const room_state&) = default;
};
BOOST_DESCRIBE_STRUCT(room_state, (),
                      (exists, kind, settings, owner, share_code, member_count, message_count, archived, created_at,
                       updated_at, version, last_time))

/// What has changed in a room since some seq, so that facts looked up then can be set right. Bounded
/// (limits::recent_facts_max changes); what is older than it remembers is answered with stale_facts.
class recent_facts {
public:
  /// Remembers nothing up to `floor`.
  explicit recent_facts(stream_version floor = 0) : floor_(floor) {}

  void evolve(const room_event& event, const event_meta& meta);
  /// Sets `facts` right for `actor` and `command`. Errors: stale_facts.
  result<void> correct(room_facts& facts, const room_command& command, user_id actor) const;
  stream_version floor() const { return floor_; }

private:
  template <class T>
  struct changed {
    T now;
    stream_version at = 0;
  };
  struct reaction_key {
    message_id message;
    user_id user;
    std::string emoji;
    friend bool operator==(const reaction_key&, const reaction_key&) = default;
  };
  struct reaction_key_hash {
    std::size_t operator()(const reaction_key& k) const noexcept;
  };
  /// One change, in order, so that the oldest can be forgotten.
  struct entry {
    stream_version at;
    std::variant<user_id, message_id, reaction_key> of;
  };
  void remember(stream_version at, decltype(entry::of) of);
  void forget_oldest();

  stream_version floor_;
  std::deque<entry> order_;
  std::unordered_map<user_id, changed<std::optional<role>>> standings_;
  std::unordered_map<message_id, changed<message_fact>> messages_;
  std::unordered_map<reaction_key, changed<bool>, reaction_key_hash> reactions_;
  std::unordered_map<message_id, changed<std::vector<std::string>>> kinds_; ///< emoji added since, per message
};

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
