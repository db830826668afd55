#pragma once
// The shapes of what handlers answer (api.md): what http/routes/render.hpp and the rows of the views write, described
// once for /openapi.json. The tests hold every answer that they get against them.

#include "http/shape.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace palabre::http {

/// A list: links are relative URLs.
template <class T>
struct page_of {
  std::vector<T> items;
  std::optional<std::string> next, prev;
  BOOST_DESCRIBE_CLASS(page_of, (), (items, next, prev), (), ())
};
/// A list that is always whole.
template <class T>
struct all_of {
  std::vector<T> items;
  BOOST_DESCRIBE_CLASS(all_of, (), (items), (), ())
};

template <class T>
constexpr sample sample_of<page_of<T>> =
    [] { return R"({"items":[)" + std::string(T::example) + R"(],"next":null,"prev":null})"; };
template <class T>
constexpr sample sample_of<all_of<T>> = [] { return R"({"items":[)" + std::string(T::example) + "]}"; };

// ---- People

struct user_answer {
  static constexpr std::string_view shape_name = "User";
  static constexpr std::string_view example =
      R"({"id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c11","login":"ada","display_name":"Ada","avatar_url":null,)"
      R"("bio":"Numbers, mostly.","city":"London","interests":["mathematics"],)"
      R"("created_at":"2026-11-21T12:00:00.000Z"})";
  uuid id;
  std::string login, display_name;
  std::optional<std::string> avatar_url, bio, city;
  std::vector<std::string> interests;
  timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(user_answer, (), (id, login, display_name, avatar_url, bio, city, interests, created_at))

struct me_answer : user_answer {
  static constexpr std::string_view shape_name = "Me";
  static constexpr std::string_view example =
      R"({"id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c11","login":"ada","email":"ada@example.org","display_name":"Ada",)"
      R"("avatar_url":null,"bio":null,"city":null,"interests":[],"created_at":"2026-11-21T12:00:00.000Z"})";
  std::optional<std::string> email;
};
BOOST_DESCRIBE_STRUCT(me_answer, (user_answer), (email))

struct opened_session {
  static constexpr std::string_view shape_name = "Session";
  static constexpr std::string_view example =
      R"({"user":{"id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c11","login":"ada","email":null,"display_name":"Ada",)"
      R"("avatar_url":null,"bio":null,"city":null,"interests":[],"created_at":"2026-11-21T12:00:00.000Z"},)"
      R"("access_token":"eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl","refresh_token":"r1.AZLwwXo-fMCNIV8OS5psEQ.c2VjcmV0",)"
      R"("token_type":"Bearer","expires_in":900})";
  me_answer user;
  std::string access_token, refresh_token, token_type;
  std::uint64_t expires_in = 0;
};
BOOST_DESCRIBE_STRUCT(opened_session, (), (user, access_token, refresh_token, token_type, expires_in))

/// Of a message or a membership: the profile as it is now. The name is null of who was erased.
struct author_answer {
  static constexpr std::string_view shape_name = "Author";
  std::optional<std::string> display_name, avatar_url;
};
BOOST_DESCRIBE_STRUCT(author_answer, (), (display_name, avatar_url))

// ---- Rooms

/// `direct_user_ids`: the two people of a direct room, who opened it first; its name is the other's unless it was given
/// one. `share_code` is null of those, and to who is not in the room.
struct room_answer {
  static constexpr std::string_view shape_name = "Room";
  static constexpr std::string_view example =
      R"({"id":"0192f0c1-8b11-7d2e-9f3a-1c2d3e4f5a6b","kind":"salon","name":"Reading","description":null,)"
      R"("category":"books","color_theme":null,"visibility":"public","owner_id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c11",)"
      R"("direct_user_ids":null,"share_code":"7WQ2N0XKTA","member_count":1,"message_count":0,"messages_today":0,"time_zone":"UTC",)"
      R"("slow_mode_seconds":0,"last_seq":2,"archived":false,"created_at":"2026-11-21T12:00:00.000Z",)"
      R"("updated_at":"2026-11-21T12:00:00.000Z"})";
  uuid id;
  events::room_kind kind{};
  std::string name;
  std::optional<std::string> description, category, color_theme;
  events::visibility visibility{};
  uuid owner_id;
  std::optional<std::vector<uuid>> direct_user_ids;
  std::optional<std::string> share_code;
  std::uint64_t member_count = 0, message_count = 0, messages_today = 0;
  std::string time_zone;
  std::uint64_t slow_mode_seconds = 0, last_seq = 0;
  bool archived = false;
  timestamp created_at, updated_at;
};
BOOST_DESCRIBE_STRUCT(room_answer, (),
                      (id, kind, name, description, category, color_theme, visibility, owner_id, direct_user_ids,
                       share_code, member_count, message_count, messages_today, time_zone, slow_mode_seconds, last_seq,
                       archived, created_at, updated_at))

/// With what the caller is in it; null for who is not.
struct listed_room_answer : room_answer {
  static constexpr std::string_view shape_name = "ListedRoom";
  static constexpr std::string_view example =
      R"({"id":"0192f0c1-8b11-7d2e-9f3a-1c2d3e4f5a6b","kind":"salon","name":"Reading","description":null,)"
      R"("category":"books","color_theme":null,"visibility":"public","owner_id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c11",)"
      R"("direct_user_ids":null,"share_code":"7WQ2N0XKTA","member_count":1,"message_count":0,"messages_today":0,"time_zone":"UTC",)"
      R"("slow_mode_seconds":0,"last_seq":2,"archived":false,"created_at":"2026-11-21T12:00:00.000Z",)"
      R"("updated_at":"2026-11-21T12:00:00.000Z","role":"owner","joined_at":"2026-11-21T12:00:00.000Z",)"
      R"("last_read_seq":0,"unread_count":0,"mention_count":0,"notifications":"all","has_draft":false})";
  std::optional<events::role> role;
  std::optional<timestamp> joined_at;
  std::optional<std::uint64_t> last_read_seq, unread_count, mention_count;
  std::optional<events::notification_level> notifications;
  std::optional<bool> has_draft;
};
BOOST_DESCRIBE_STRUCT(listed_room_answer, (room_answer),
                      (role, joined_at, last_read_seq, unread_count, mention_count, notifications, has_draft))

struct member_answer {
  static constexpr std::string_view shape_name = "Member";
  static constexpr std::string_view example =
      R"({"user_id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c11","role":"owner","joined_at":"2026-11-21T12:00:00.000Z",)"
      R"("user":{"display_name":"Ada","avatar_url":null}})";
  uuid user_id;
  events::role role{};
  timestamp joined_at;
  author_answer user;
};
BOOST_DESCRIBE_STRUCT(member_answer, (), (user_id, role, joined_at, user))

/// A ban or a mute. The reason is null where none was given, and once its author was erased.
struct sanction_answer {
  static constexpr std::string_view shape_name = "Sanction";
  static constexpr std::string_view example =
      R"({"user_id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c12","user":{"display_name":"Eve","avatar_url":null},)"
      R"("reason":"advertising","by_id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c11","at":"2026-11-21T12:00:00.000Z",)"
      R"("expires_at":"2026-11-22T12:00:00.000Z"})";
  uuid user_id;
  author_answer user;
  std::optional<std::string> reason;
  uuid by_id;
  timestamp at;
  std::optional<timestamp> expires_at; ///< null: it does not end by itself
};
BOOST_DESCRIBE_STRUCT(sanction_answer, (), (user_id, user, reason, by_id, at, expires_at))

/// The code is null once its event was moved away; the address, once who invited was erased.
struct invitation_answer {
  static constexpr std::string_view shape_name = "Invitation";
  static constexpr std::string_view example =
      R"({"id":"0192f0c1-9d51-7b1f-a1f4-0d6b4c0a2b80","room_id":"0192f0c1-8b11-7d2e-9f3a-1c2d3e4f5a6b",)"
      R"("code":"3XW8M0QK7N2VBT5C","user_id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c12",)"
      R"("user":{"display_name":"Eve","avatar_url":null},"email":null,"uses":1,"used":0,)"
      R"("by_id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c11","by":{"display_name":"Ada","avatar_url":null},)"
      R"("created_at":"2026-11-21T12:00:00.000Z","expires_at":"2026-11-28T12:00:00.000Z"})";
  uuid id, room_id;
  std::optional<std::string> code;
  std::optional<uuid> user_id;
  std::optional<author_answer> user;
  std::optional<std::string> email;
  std::uint64_t uses = 0, used = 0;
  uuid by_id;
  author_answer by;
  timestamp created_at, expires_at;
};
BOOST_DESCRIBE_STRUCT(invitation_answer, (),
                      (id, room_id, code, user_id, user, email, uses, used, by_id, by, created_at, expires_at))

struct invited_room {
  uuid id;
  events::room_kind kind{};
  std::string name;
  std::optional<std::string> description, category, color_theme;
  std::uint64_t member_count = 0;
};
BOOST_DESCRIBE_STRUCT(invited_room, (), (id, kind, name, description, category, color_theme, member_count))

/// As who may accept it sees it.
struct offered_invitation_answer {
  static constexpr std::string_view shape_name = "OfferedInvitation";
  static constexpr std::string_view example =
      R"({"id":"0192f0c1-9d51-7b1f-a1f4-0d6b4c0a2b80","code":"3XW8M0QK7N2VBT5C",)"
      R"("room":{"id":"0192f0c1-8b11-7d2e-9f3a-1c2d3e4f5a6b","kind":"salon","name":"Reading","description":null,)"
      R"("category":"books","color_theme":null,"member_count":3},"by_id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c11",)"
      R"("by":{"display_name":"Ada","avatar_url":null},"expires_at":"2026-11-28T12:00:00.000Z"})";
  uuid id;
  std::optional<std::string> code;
  invited_room room;
  uuid by_id;
  author_answer by;
  timestamp expires_at;
};
BOOST_DESCRIBE_STRUCT(offered_invitation_answer, (), (id, code, room, by_id, by, expires_at))

/// Counts end at 999 and 99: that many, or more. `mention_count`: of the unread ones.
struct read_state_answer {
  static constexpr std::string_view shape_name = "ReadState";
  static constexpr std::string_view example = R"({"last_read_seq":17,"unread_count":0,"mention_count":0})";
  std::uint64_t last_read_seq = 0, unread_count = 0, mention_count = 0;
};
BOOST_DESCRIBE_STRUCT(read_state_answer, (), (last_read_seq, unread_count, mention_count))

/// The counts are null of the past.
struct read_position_answer {
  static constexpr std::string_view shape_name = "ReadPositionThen";
  static constexpr std::string_view example = R"({"last_read_seq":17,"unread_count":null,"mention_count":null})";
  std::uint64_t last_read_seq = 0;
  std::optional<std::uint64_t> unread_count, mention_count;
};
BOOST_DESCRIBE_STRUCT(read_position_answer, (), (last_read_seq, unread_count, mention_count))

// ---- What one keeps in a room

struct notifications_answer {
  static constexpr std::string_view shape_name = "Notifications";
  static constexpr std::string_view example = R"({"level":"mentions"})";
  events::notification_level level{};
};
BOOST_DESCRIBE_STRUCT(notifications_answer, (), (level))

/// The body is null where there is none, or its event was moved away to a file that is not at hand.
struct draft_answer {
  static constexpr std::string_view shape_name = "Draft";
  static constexpr std::string_view example =
      R"({"room_id":"0192f0c1-8b11-7d2e-9f3a-1c2d3e4f5a6b","body":"Good m","reply_to":null,)"
      R"("saved_at":"2026-11-21T12:00:00.000Z"})";
  uuid room_id;
  std::optional<std::string> body;
  std::optional<uuid> reply_to;
  std::optional<timestamp> saved_at;
};
BOOST_DESCRIBE_STRUCT(draft_answer, (), (room_id, body, reply_to, saved_at))

// ---- Messages and reactions

struct reaction_answer {
  static constexpr std::string_view shape_name = "Reaction";
  std::string emoji;
  std::uint64_t count = 0;
  bool me = false;
};
BOOST_DESCRIBE_STRUCT(reaction_answer, (), (emoji, count, me))

/// What a message shows of the one that it replies to, the beginning of whose body it is.
struct parent_answer {
  static constexpr std::string_view shape_name = "Parent";
  uuid id;
  std::uint64_t seq = 0;
  uuid author_id;
  author_answer author;
  std::optional<std::string> body;
};
BOOST_DESCRIBE_STRUCT(parent_answer, (), (id, seq, author_id, author, body))

/// Of a deleted message `body` is null, and of one by somebody who was erased. `parent`: what it replies to.
struct message_answer {
  static constexpr std::string_view shape_name = "Message";
  static constexpr std::string_view example =
      R"({"id":"0192f0c1-9d51-7b1f-a1f4-0d6b4c0a2b7e","room_id":"0192f0c1-8b11-7d2e-9f3a-1c2d3e4f5a6b","seq":3,)"
      R"("author_id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c11","author":{"display_name":"Ada","avatar_url":null},)"
      R"("body":"Good morning!","metadata":null,"mentioned_user_ids":[],"reply_to":null,)"
      R"("created_at":"2026-11-21T12:00:00.000Z","edited_at":null,"deleted_at":null,)"
      R"("reactions":[{"emoji":"👍","count":2,"me":false}],"parent":null,"reply_count":0})";
  uuid id, room_id;
  std::uint64_t seq = 0;
  uuid author_id;
  author_answer author;
  std::optional<std::string> body;
  events::raw_json metadata;
  std::vector<uuid> mentioned_user_ids;
  std::optional<uuid> reply_to;
  timestamp created_at;
  std::optional<timestamp> edited_at, deleted_at;
  std::vector<reaction_answer> reactions;
  std::optional<parent_answer> parent;
  std::uint64_t reply_count = 0;
};
BOOST_DESCRIBE_STRUCT(message_answer, (),
                      (id, room_id, seq, author_id, author, body, metadata, mentioned_user_ids, reply_to, created_at,
                       edited_at, deleted_at, reactions, parent, reply_count))

/// A message that mentions the caller. `unread`: it lies behind what they have read; one that was edited so, and read
/// before, does not.
struct mention_answer {
  static constexpr std::string_view shape_name = "Mention";
  static inline const std::string example =
      R"({"message":)" + std::string(message_answer::example) + R"(,"unread":true})";
  message_answer message;
  bool unread = false;
};
BOOST_DESCRIBE_STRUCT(mention_answer, (), (message, unread))

/// The reason is null where none was given, and once its author was erased.
struct report_answer {
  static constexpr std::string_view shape_name = "Report";
  static constexpr std::string_view example =
      R"({"by_id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c12","by":{"display_name":"Eve","avatar_url":null},)"
      R"("reason":"advertising","at":"2026-11-21T12:00:00.000Z"})";
  uuid by_id;
  author_answer by;
  std::optional<std::string> reason;
  timestamp at;
};
BOOST_DESCRIBE_STRUCT(report_answer, (), (by_id, by, reason, at))

struct reported_message_answer {
  static constexpr std::string_view shape_name = "ReportedMessage";
  static inline const std::string example = R"({"message":)" + std::string(message_answer::example) +
                                            R"(,"reports":[)" + std::string(report_answer::example) + "]}";
  message_answer message;
  std::vector<report_answer> reports;
};
BOOST_DESCRIBE_STRUCT(reported_message_answer, (), (message, reports))

/// What a message said: first as it was posted, then after each edit. Null where words are gone, as in the message.
struct edition_answer {
  static constexpr std::string_view shape_name = "Edition";
  static constexpr std::string_view example = R"({"edit":0,"body":"Good mornign!","at":"2026-11-21T12:00:00.000Z"})";
  std::uint64_t edit = 0;
  std::optional<std::string> body;
  timestamp at;
};
BOOST_DESCRIBE_STRUCT(edition_answer, (), (edit, body, at))

struct pin_answer {
  static constexpr std::string_view shape_name = "Pin";
  static inline const std::string example =
      R"({"pinned_by":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c11","pinned_at":"2026-11-21T12:00:00.000Z","message":)" +
      std::string(message_answer::example) + '}';
  uuid pinned_by;
  timestamp pinned_at;
  message_answer message;
};
BOOST_DESCRIBE_STRUCT(pin_answer, (), (pinned_by, pinned_at, message))

struct reactions_answer {
  static constexpr std::string_view shape_name = "Reactions";
  static constexpr std::string_view example = R"({"reactions":[{"emoji":"👍","count":3,"me":true}]})";
  std::vector<reaction_answer> reactions;
};
BOOST_DESCRIBE_STRUCT(reactions_answer, (), (reactions))

struct toggled_answer {
  static constexpr std::string_view shape_name = "ToggledReaction";
  static constexpr std::string_view example = R"({"added":true,"reactions":[{"emoji":"👍","count":3,"me":true}]})";
  bool added = false;
  std::vector<reaction_answer> reactions;
};
BOOST_DESCRIBE_STRUCT(toggled_answer, (), (added, reactions))

/// Who reacted with what.
struct reacted_answer {
  static constexpr std::string_view shape_name = "WhoReacted";
  static constexpr std::string_view example =
      R"({"emoji":"👍","user_id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c11","at":"2026-11-21T12:00:00.000Z"})";
  std::string emoji;
  uuid user_id;
  timestamp at;
};
BOOST_DESCRIBE_STRUCT(reacted_answer, (), (emoji, user_id, at))

struct message_reactions_answer {
  static constexpr std::string_view shape_name = "MessageReactions";
  static constexpr std::string_view example =
      R"({"message_id":"0192f0c1-9d51-7b1f-a1f4-0d6b4c0a2b7e","reactions":[{"emoji":"👍","count":3,"me":true}]})";
  uuid message_id;
  std::vector<reaction_answer> reactions;
};
BOOST_DESCRIBE_STRUCT(message_reactions_answer, (), (message_id, reactions))

// ---- Search

/// `snippet` is HTML: what was asked for stands between <mark> and </mark>, and everything else is escaped.
struct found_answer {
  static constexpr std::string_view shape_name = "Found";
  static inline const std::string example =
      R"({"message":)" + std::string(message_answer::example) + R"(,"snippet":"Good <mark>morning</mark>!"})";
  message_answer message;
  std::string snippet;
};
BOOST_DESCRIBE_STRUCT(found_answer, (), (message, snippet))

// ---- All at once

/// `positions`: where to subscribe from, by channel.
struct sync_answer {
  static constexpr std::string_view shape_name = "Sync";
  static inline const std::string example =
      R"({"cursor":"AAAAAAAAB7kAAAAAAAAAAw.dGFn","full":false,"me":null,"rooms":[)" +
      std::string(listed_room_answer::example) +
      R"(],"left_room_ids":[],"invitations":[],"users":[],"gone_user_ids":[],)" +
      R"("positions":{"room:0192f0c1-8b11-7d2e-9f3a-1c2d3e4f5a6b":{"offset":2,"epoch":"qwmtzkhe"}}})";
  struct by_channel {
    static std::string schema() {
      return R"({"type":"object","additionalProperties":{"type":"object","required":["offset","epoch"],"properties":{)"
             R"("offset":{"type":"integer","minimum":0},"epoch":{"type":"string"}}}})";
    }
  };
  std::string cursor;
  bool full = false;
  std::optional<me_answer> me;
  std::vector<listed_room_answer> rooms;
  std::vector<uuid> left_room_ids;
  std::vector<offered_invitation_answer> invitations;
  std::vector<user_answer> users;
  std::vector<uuid> gone_user_ids;
  by_channel positions;
};
BOOST_DESCRIBE_STRUCT(sync_answer, (),
                      (cursor, full, me, rooms, left_room_ids, invitations, users, gone_user_ids, positions))

// ---- Events

/// An event of a room as its members see it; what `data` holds depends on `type` and `v`.
struct event_answer {
  static constexpr std::string_view shape_name = "Event";
  static constexpr std::string_view example =
      R"({"type":"message.posted","v":1,"id":"0192f0c1-9d51-7b1f-a1f4-0d6b4c0a2b7e","seq":3,)"
      R"("room_id":"0192f0c1-8b11-7d2e-9f3a-1c2d3e4f5a6b","actor_id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c11",)"
      R"("at":"2026-11-21T12:00:00.000Z","data":{"body":"Good morning!"}})";
  std::string type;
  std::uint64_t v = 0;
  uuid id;
  std::uint64_t seq = 0;
  uuid room_id;
  std::optional<uuid> actor_id; ///< null: the server itself
  timestamp at;
  sometimes<std::string> client_id;
  any_json data;
};
BOOST_DESCRIBE_STRUCT(event_answer, (), (type, v, id, seq, room_id, actor_id, at, client_id, data))

/// Nobody: the server itself. The name is null of who was erased.
struct audited_actor {
  std::optional<uuid> id;
  std::optional<std::string> display_name;
};
BOOST_DESCRIBE_STRUCT(audited_actor, (), (id, display_name))

struct audited_resource {
  std::string kind;
  uuid id;
};
BOOST_DESCRIBE_STRUCT(audited_resource, (), (kind, id))

/// Any event as administrators see it.
struct audited_event_answer {
  static constexpr std::string_view shape_name = "AuditedEvent";
  static constexpr std::string_view example =
      R"({"position":1207,"stream":"room:0192f0c1-8b11-7d2e-9f3a-1c2d3e4f5a6b","type":"message.deleted","v":1,)"
      R"("at":"2026-11-21T12:00:00.000Z","actor":{"id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c11","display_name":"Ada"},)"
      R"("action":"message.deleted","resource":{"kind":"message","id":"0192f0c1-9d51-7b1f-a1f4-0d6b4c0a2b7e"},)"
      R"("request_id":"r-17","hash":"0d5560962058278ef0a92dc199afb4aab0af7f38d87121aae95e0fd1753f65d0","erased":false,)"
      R"("data":{"message_seq":3}})";
  std::uint64_t position = 0;
  std::string stream, type;
  std::uint64_t v = 0;
  timestamp at;
  audited_actor actor;
  std::string action;
  audited_resource resource;
  std::optional<std::string> request_id;
  std::string hash;
  bool erased = false; ///< personal fields of `data` are null: their person was erased
  any_json data;
};
BOOST_DESCRIBE_STRUCT(audited_event_answer, (),
                      (position, stream, type, v, at, actor, action, resource, request_id, hash, erased, data))

struct ticket_answer {
  static constexpr std::string_view shape_name = "Ticket";
  static constexpr std::string_view example = R"({"ticket":"t1.c2VjcmV0","expires_in":30})";
  std::string ticket;
  std::uint64_t expires_in = 0;
};
BOOST_DESCRIBE_STRUCT(ticket_answer, (), (ticket, expires_in))

// ---- Operations, and the server API

struct health_answer {
  static constexpr std::string_view shape_name = "Health";
  static constexpr std::string_view example = R"({"status":"ok","version":"0.1.0"})";
  std::string status, version;
};
BOOST_DESCRIBE_STRUCT(health_answer, (), (status, version))

/// `checks`: for each part "ok", or what is wrong with it.
struct readiness_answer {
  static constexpr std::string_view shape_name = "Readiness";
  static constexpr std::string_view example = R"({"status":"ready","checks":{"log":"ok","projections":"ok"}})";
  struct each {
    static std::string schema() { return R"({"type":"object","additionalProperties":{"type":"string"}})"; }
  };
  std::string status;
  each checks;
};
BOOST_DESCRIBE_STRUCT(readiness_answer, (), (status, checks))

struct api_error {
  std::uint64_t code = 0;
  std::string message;
};
BOOST_DESCRIBE_STRUCT(api_error, (), (code, message))

/// Either of the two.
struct server_api_answer {
  static constexpr std::string_view shape_name = "ServerApiOutcome";
  static constexpr std::string_view example = R"({"result":{}})";
  sometimes<any_json> result;
  sometimes<api_error> error;
};
BOOST_DESCRIBE_STRUCT(server_api_answer, (), (result, error))

/// Either of the two; a reply has the name of its command's method, or is an error too.
struct server_api_replies {
  static constexpr std::string_view shape_name = "ServerApiReplies";
  static constexpr std::string_view example = R"({"replies":[{"publish":{}}]})";
  sometimes<std::vector<any_json>> replies;
  sometimes<api_error> error;
};
BOOST_DESCRIBE_STRUCT(server_api_replies, (), (replies, error))

} // namespace palabre::http
