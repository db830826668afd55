#pragma once
// The roster: rooms, who is in them, and in which rooms a user is.

#include "events/local_day.hpp"
#include "events/room.hpp"
#include "projections/projection.hpp"
#include "projections/tables.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace palabre::projections {

/// Events of a room between two copies of its row that are kept for the past.
inline constexpr stream_version room_moment_interval = 1'000;

class roster final : public projection {
public:
  std::string_view name() const override { return "roster"; }
  std::uint32_t version() const override { return 7; }
  std::span<const storage::table> owned_tables() const override { return tables::of_roster; }
  result<void> fold(const log_event& e, storage::views_batch& rows) override;
};

struct membership {
  events::role as = events::role::member;
  timestamp joined_at;
  stream_version joined_seq = 0;
  timestamp muted_until; ///< the beginning of time: not muted

  events::standing standing() const { return {as, muted_until}; }
};

std::string encode(const membership& m);
/// Errors: corrupt.
result<membership> decode_membership(std::string_view stored);

enum class sanction_kind : char { ban = 'b', mute = 'm' };

/// What a room holds against somebody. Why stands in the event, sealed under the key of who said it.
struct sanction {
  timestamp until;        ///< events::for_ever: it does not end by itself
  stream_version seq = 0; ///< of its event
  timestamp at;
  user_id by;
};

std::string encode(const sanction& s);
/// Errors: corrupt.
result<sanction> decode_sanction(std::string_view stored);

/// A room as the views have it.
struct room_row {
  room_id room;
  events::room_kind kind = events::room_kind::salon;
  events::room_settings settings;
  user_id owner;
  std::optional<user_id> peer; ///< of a direct room: the owner's
  std::string share_code;      ///< empty: it has none
  std::uint64_t member_count = 0;
  std::uint64_t message_count = 0;
  events::day_bounds day; ///< of `messages_of_day`: the last one with a message, in the room's time zone
  std::uint64_t messages_of_day = 0;
  std::uint64_t messages_on(timestamp now) const { return day.contains(now) ? messages_of_day : 0; }
  stream_version last_seq = 0;     ///< of any event: facts read after this row are true for it
  position last_at;                ///< where that one is in the log; of rooms as they were: no later than it
  stream_version settings_seq = 0; ///< of the last event that changed what PATCH writes (ETag)
  bool archived = false;
  timestamp created_at;
  timestamp updated_at;
};

std::string encode(const room_row& row);
/// Errors: corrupt.
result<room_row> decode_room_row(std::string_view stored);

/// What of a stored room row says whether it is worth taking apart: its fields of these names.
struct room_glance {
  room_id room;
  bool is_direct = false;
  position last_at;
  events::day_bounds day;
  std::uint64_t messages_of_day = 0;
  std::uint64_t messages_on(timestamp now) const { return day.contains(now) ? messages_of_day : 0; }
};
/// Errors: corrupt.
result<room_glance> glance_at_room_row(std::string_view stored);

/// For whom a room is written down.
struct room_viewer {
  bool is_member = false;       ///< members see the share code, others null
  timestamp now;                ///< whose day is that of messages_today
  std::string direct_name = {}; ///< what a direct room without a name of its own is called: to each, as the other is
};

/// Appends the fields of api.md's Room without the closing brace, so that lists can add theirs.
void append_room_fields(std::string& out, const room_row& row, const room_viewer& to);

/// Reads from any thread. Errors of all: io, corrupt.
class roster_queries {
public:
  explicit roster_queries(const storage::views_store& views) : views_(views) {}

  result<std::optional<room_row>> room(room_id room) const;
  result<std::optional<membership>> standing(room_id room, user_id user) const;
  /// Also one that has ended, until it is lifted. nullopt: there is none.
  result<std::optional<sanction>> sanction_of(room_id room, sanction_kind kind, user_id user) const;
  /// What of it has ended is among it, until it is lifted.
  result<events::sanctions> held_against(room_id room, user_id user) const;
  /// The beginning of time: none while slow mode was on.
  result<timestamp> last_slow_post(room_id room, user_id user) const;
  result<std::optional<room_id>> room_by_code(const stream_id& share_code_stream) const;
  result<std::optional<room_id>> direct_room(const stream_id& pair) const;
  result<std::size_t> room_count_of(user_id user) const;
  /// Archived ones too, in ascending order. One range scan.
  result<std::vector<room_id>> room_ids_of(user_id user) const;

  struct listed_room {
    room_row row;
    std::optional<membership> mine;
  };
  struct room_page {
    std::vector<listed_room> items;
    std::optional<room_id> next; ///< go on after this one; nullopt: the end
  };
  /// Rooms that `user` is in, in order of their ids, after `after`. One range scan and one look-up of many.
  result<room_page> rooms_of(user_id user, std::optional<room_id> after, std::size_t limit) const;
  /// Of all of them those that `are_wanted`, which is to be quick, to call nothing of the views, and to expect them in
  /// any order (views_store::choose). A room is read behind that, so that it may be newer than what was judged.
  result<std::vector<listed_room>> rooms_of(user_id user,
                                            const std::function<bool(const room_glance&)>& are_wanted) const;
  /// Public salons that are not archived, with the viewer's membership.
  result<room_page> discover(user_id viewer, std::optional<room_id> after, std::size_t limit) const;

  struct listed_member {
    user_id user;
    membership as;
  };
  struct member_page {
    std::vector<listed_member> items;
    std::optional<user_id> next;
  };
  result<member_page> members(room_id room, std::optional<user_id> after, std::size_t limit) const;

  struct listed_sanction {
    user_id user;
    sanction is;
  };
  struct sanction_page {
    std::vector<listed_sanction> items; ///< those that hold at `now`
    std::optional<user_id> next;
  };
  result<sanction_page> sanctions(room_id room, sanction_kind kind, std::optional<user_id> after, std::size_t limit,
                                  timestamp now) const;

private:
  const storage::views_store& views_;
};

} // namespace palabre::projections
