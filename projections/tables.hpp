#pragma once
// The tables of the views, all in one place, because their order is their number in the store.

#include "storage/views_store.hpp"

#include <algorithm>
#include <iterator>

namespace palabre::projections::tables {

using storage::table;

// timeline
inline constexpr table messages = 0;       ///< room, seq → message_row
inline constexpr table message_places = 1; ///< message → room, seq
inline constexpr table reactions = 2;      ///< room, message seq, emoji, user → time
inline constexpr table my_reactions = 3;   ///< room, user, message seq, emoji → nothing
// roster
inline constexpr table rooms = 4;       ///< room → room_row
inline constexpr table members = 5;     ///< room, user → membership
inline constexpr table memberships = 6; ///< user, room → membership
inline constexpr table room_counts = 7; ///< user → number of rooms
inline constexpr table open_rooms = 8;  ///< public salons: room → nothing
inline constexpr table share_codes = 9; ///< HMAC of the code → room
// users
inline constexpr table users = 10;           ///< user → user_row
inline constexpr table logins = 11;          ///< HMAC of the login → user
inline constexpr table credentials = 12;     ///< user → credential_row
inline constexpr table closed_sessions = 13; ///< number → time it was closed, session; and which numbers (users.cpp)
// presence
inline constexpr table presence = 14;    ///< user → presence_row
inline constexpr table not_offline = 15; ///< users whose status is not offline → nothing

// reading
inline constexpr table read_positions = 16; ///< user, room → last seq read
inline constexpr table message_lists = 17;  ///< room, author or nil → the list's newest chunk (message_counts.cpp)
inline constexpr table message_chunks = 18; ///< room, author or nil, first seq → chunk
inline constexpr table deletions = 19;      ///< room, author or nil, level, block → count, or bits

// of the past
inline constexpr table message_changes = 20; ///< the timeline's: room, message seq, event seq → message_change
inline constexpr table member_changes = 21;  ///< the roster's: room, user, event seq → membership, or nothing: left
inline constexpr table room_moments = 22;    ///< the roster's: room, seq → room_row as it was then

// of erasure
inline constexpr table author_messages = 23; ///< the timeline's: author, room, message seq → nothing

// of what a room holds against people, and lets them wait for: the roster's
inline constexpr table sanctions = 24;  ///< room, kind, user → sanction
inline constexpr table slow_posts = 25; ///< room, user → time of their last post while slow mode was on

// of pins: the timeline's
inline constexpr table pins = 26;        ///< room → its pins
inline constexpr table pin_moments = 27; ///< room, event seq → seqs of its pins as they were then

// of direct rooms: the roster's
inline constexpr table direct_rooms = 28; ///< digest of two people → room

// of invitations that are open: the roster's
inline constexpr table invitations = 29;      ///< room, invitation → invitation_row
inline constexpr table invitation_codes = 30; ///< digest of the code → room, invitation
inline constexpr table invitations_of = 31;   ///< user, invitation → room

// of mentions, and of how far one had read: the reading's
inline constexpr table mentions = 32;      ///< user, room, message seq → position of the event that mentions them
inline constexpr table mention_order = 33; ///< user, that position → room, message seq
inline constexpr table mentioned_in = 34;  ///< room, message seq → users
inline constexpr table last_mentions = 35; ///< user, room → the highest message seq that ever mentioned them
inline constexpr table read_moments = 36;  ///< user, room, version of the inbox → last seq read, time

// of what somebody keeps in a room for themselves
inline constexpr table belongings = 37; ///< user, room → belongings_row

// of what moderators are asked to look at
inline constexpr table reports = 38; ///< room, message seq → reports

inline const std::vector<std::string> names = {"messages",         "message_places",  "reactions",
                                               "my_reactions",     "rooms",           "members",
                                               "memberships",      "room_counts",     "open_rooms",
                                               "share_codes",      "users",           "logins",
                                               "credentials",      "closed_sessions", "presence",
                                               "not_offline",      "read_positions",  "message_lists",
                                               "message_chunks",   "deletions",       "message_changes",
                                               "member_changes",   "room_moments",    "author_messages",
                                               "sanctions",        "slow_posts",      "pins",
                                               "pin_moments",      "direct_rooms",    "invitations",
                                               "invitation_codes", "invitations_of",  "mentions",
                                               "mention_order",    "mentioned_in",    "last_mentions",
                                               "read_moments",     "belongings",      "reports"};

/// Who owns them: each table is of one projection, which alone folds into it and, folding, looks at no other. So
/// projections fold side by side, and one of them can be computed anew (`palabre rebuild --projection`).
inline constexpr table of_timeline[] = {messages,        message_places,  reactions, my_reactions,
                                        message_changes, author_messages, pins,      pin_moments};
inline constexpr table of_roster[] = {rooms,        members,        memberships,      room_counts,   open_rooms,
                                      share_codes,  member_changes, room_moments,     sanctions,     slow_posts,
                                      direct_rooms, invitations,    invitation_codes, invitations_of};
inline constexpr table of_users[] = {users, logins, credentials, closed_sessions};
inline constexpr table of_presence[] = {presence, not_offline};
inline constexpr table of_reading[] = {read_positions, message_lists, message_chunks, deletions,   mentions,
                                       mention_order,  mentioned_in,  last_mentions,  read_moments};
inline constexpr table of_belongings[] = {belongings};
inline constexpr table of_reports[] = {reports};

/// What nearly every command reads: a server keeps it in memory. A command's facts are read in this order, the room
/// (with the seq they are true for) first; `rooms` must stand before `members` for that (views_batch::commit).
/// `message_lists` is what every message changes.
inline constexpr table hot[] = {rooms, members, message_lists};
static_assert(rooms < members);
inline constexpr std::size_t hot_rows_max = 50'000; ///< of each; about 300 bytes a row

/// Of what no fold asks for, nor ever takes away: a batch keeps their rows aside (views_batch::add).
inline constexpr table only_added[] = {message_places, author_messages, message_changes, pin_moments, member_changes,
                                       room_moments,   direct_rooms,    message_chunks,  read_moments};
static_assert(std::ranges::find_first_of(hot, only_added) == std::end(hot));

} // namespace palabre::projections::tables
