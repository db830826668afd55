#pragma once
// The tables of the views, all in one place, because their order is their number in the store.

#include "storage/views_store.hpp"

#include <boost/describe/enum.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>

#include <algorithm>
#include <iterator>

namespace palabre::projections::tables {

using storage::table;

enum number : storage::table {
  // the roster's
  rooms,        ///< room → room_row
  members,      ///< room, user → membership
  memberships,  ///< user, room → membership
  room_counts,  ///< user → number of rooms
  open_rooms,   ///< public salons: room → nothing
  share_codes,  ///< HMAC of the code → room
  direct_rooms, ///< digest of two people → room
  // … invitations that are open
  invitations,      ///< room, invitation → invitation_row
  invitation_codes, ///< digest of the code → room, invitation
  invitations_of,   ///< user, invitation → room
  // … what a room holds against people, and lets them wait for
  sanctions,  ///< room, kind, user → sanction
  slow_posts, ///< room, user → time of their last post while slow mode was on
  // … of the past
  member_changes, ///< room, user, event seq → membership, or nothing: left
  room_moments,   ///< room, seq → room_row as it was then

  // the timeline's
  messages,       ///< room, seq → message_row
  message_places, ///< message → room, seq
  reactions,      ///< room, message seq, emoji, user → time
  my_reactions,   ///< room, user, message seq, emoji → nothing
  pins,           ///< room → its pins
  // … for unread counts, and for erasure
  message_lists,  ///< author or nil, room → the list's newest chunk (message_lists.cpp)
  message_chunks, ///< author or nil, room, first seq → chunk
  deletions,      ///< author or nil, room, level, block → count, or bits
  // … of the past
  message_changes, ///< room, message seq, event seq → message_change
  pin_moments,     ///< room, event seq → seqs of its pins as they were then

  // users'
  users,           ///< user → user_row
  logins,          ///< HMAC of the login → user
  credentials,     ///< user → credential_row
  closed_sessions, ///< number → time it was closed, session; and which numbers (users.cpp)

  // presence's
  presence,    ///< user → presence_row
  not_offline, ///< users whose status is not offline → nothing

  // reading's
  read_positions, ///< user, room → last seq read
  mentions,       ///< user, room, message seq → position of the event that mentions them
  mention_order,  ///< user, that position → room, message seq
  mentioned_in,   ///< room, message seq → users
  last_mentions,  ///< user, room → the highest message seq that ever mentioned them
  read_moments,   ///< user, room, version of the inbox → last seq read, time

  // belongings'
  belongings, ///< user, room → belongings_row

  // reports'
  reports, ///< room, message seq → reports

  count
};

BOOST_DESCRIBE_ENUM(number, rooms, members, memberships, room_counts, open_rooms, share_codes, direct_rooms,
                    invitations, invitation_codes, invitations_of, sanctions, slow_posts, member_changes, room_moments,
                    messages, message_places, reactions, my_reactions, pins, message_lists, message_chunks, deletions,
                    message_changes, pin_moments, users, logins, credentials, closed_sessions, presence, not_offline,
                    read_positions, mentions, mention_order, mentioned_in, last_mentions, read_moments, belongings,
                    reports)
static_assert(boost::mp11::mp_size<boost::describe::describe_enumerators<number>>::value == count);

inline const std::vector<std::string> names = [] {
  std::vector<std::string> all(count);
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<number>>(
      [&](auto each) { all[each.value] = each.name; });
  return all;
}();

/// Who owns them: each table is of one projection, which alone folds into it and, folding, looks at no other. So
/// projections fold side by side, and one of them can be computed anew (`palabre rebuild --projection`).
inline constexpr table of_timeline[] = {messages,      message_places, reactions, my_reactions,    pins,
                                        message_lists, message_chunks, deletions, message_changes, pin_moments};
inline constexpr table of_roster[] = {rooms,       members,      memberships,    room_counts,      open_rooms,
                                      share_codes, direct_rooms, invitations,    invitation_codes, invitations_of,
                                      sanctions,   slow_posts,   member_changes, room_moments};
inline constexpr table of_users[] = {users, logins, credentials, closed_sessions};
inline constexpr table of_presence[] = {presence, not_offline};
inline constexpr table of_reading[] = {read_positions, mentions,      mention_order,
                                       mentioned_in,   last_mentions, read_moments};
inline constexpr table of_belongings[] = {belongings};
inline constexpr table of_reports[] = {reports};

/// What nearly every command reads: a server keeps it in memory. A command's facts are read in this order, the room
/// (with the seq they are true for) first; `rooms` must stand before the others for that (views_batch::commit).
/// `message_lists` is asked for by the fold of every message.
inline constexpr table hot[] = {rooms, members, message_lists};
static_assert(rooms < members && rooms < message_lists);
inline constexpr std::size_t hot_rows_max = 50'000; ///< of each; about 300 bytes a row

/// What every message changes.
inline constexpr table rewritten[] = {rooms, message_lists};

/// All tables, as the store wants them declared.
inline const std::vector<storage::table_form> forms = [] {
  std::vector<storage::table_form> all;
  for (table t = 0; t < count; ++t) all.push_back({names[t], std::ranges::find(rewritten, t) != std::end(rewritten)});
  return all;
}();

/// Of what no fold asks for, nor ever takes away: a batch keeps their rows aside (views_batch::add).
inline constexpr table only_added[] = {message_places, message_changes, pin_moments,    member_changes,
                                       room_moments,   direct_rooms,    message_chunks, read_moments};
static_assert(std::ranges::find_first_of(hot, only_added) == std::end(hot));

} // namespace palabre::projections::tables
