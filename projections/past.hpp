#pragma once
// Rooms as they were (decisions.md 17). What changed when is told by tables of the timeline and the roster; words are
// not in them, but read from the log.

#include "projections/log_reader.hpp"
#include "projections/message_change.hpp"
#include "projections/pins.hpp"
#include "projections/profiles.hpp"
#include "projections/reading.hpp"
#include "projections/roster.hpp"
#include "projections/timeline_pages.hpp"

#include <unordered_map>
#include <vector>

namespace palabre::projections {

/// What a room was at one of its seqs. A page costs what its own messages have gone through; a room's numbers cost at
/// most room_moment_interval events. Seqs beyond the room's last are its last. Reads from any thread. Errors of all:
/// io, corrupt; not_found: the room did not exist then; unavailable: what is needed was archived,
/// and is not at hand.
class past_queries {
public:
  /// Changes until then that a message may have gone through: beyond it limit_exceeded.
  static constexpr std::size_t changes_max = 50'000;
  /// Changes of membership that one page of members looks at: it is shorter where there were more, and goes on.
  static constexpr std::size_t members_looked_at_max = 20'000;

  /// What a look back went through, in rows of the views; a record of the log counts as so many.
  struct effort {
    std::size_t rows = 0;
  };
  static constexpr std::size_t rows_per_record = 20;

  past_queries(const storage::views_store& views, const log_reader& log, profiles& authors)
      : views_(views), log_(log), authors_(authors) {}

  /// The last seq at or before `time`; 0: there is none. Event times of a room never decrease.
  result<stream_version> seq_at(room_id room, timestamp time) const;
  /// When the event at `seq` was.
  result<timestamp> time_of(room_id room, stream_version seq) const;
  result<room_row> room(room_id room, stream_version at) const;
  /// This and all that follow add what they went through to `done`, also when they answer an error.
  result<roster_queries::member_page> members(room_id room, stream_version at, std::optional<user_id> after,
                                              std::size_t limit, effort& done) const;

  /// Whether words are shown that were deleted since.
  enum class deleted_words : bool { hidden, shown };
  /// As timeline_queries::page. Nobody looks: `me` is false.
  result<message_page> page(room_id room, stream_version at, const page_request& what, deleted_words words,
                            effort& done) const;
  /// What replies show of their parents, as those were, by the parents' seqs: of one room at one of its seqs.
  using parents = std::unordered_map<stream_version, std::string>;
  /// nullopt: none such in `room` then. `known`: kept by who asks for several, so that each parent is read once.
  result<std::optional<std::string>> message(room_id room, stream_version at, message_id message, deleted_words words,
                                             parents& known, effort& done) const;
  /// What a message said, from its posting (edit 0) to its last edit: `[{"edit":0,"body":…,"at":…},…]`. nullopt: none
  /// such in `room`.
  result<std::optional<std::string>> editions(room_id room, message_id message, deleted_words words,
                                              effort& done) const;
  /// As timeline_queries::pins: what was pinned then.
  result<std::vector<pin>> pins(room_id room, stream_version at, effort& done) const;
  result<std::string> pins_json(room_id room, stream_version at, deleted_words words, effort& done) const;
  /// As timeline_queries::reactions.
  result<std::optional<std::string>> reactions(room_id room, stream_version at, message_id message, effort& done) const;
  /// As timeline_queries::who_reacted.
  result<std::string> who_reacted(room_id room, stream_version at, stream_version message_seq, std::string_view after,
                                  std::size_t limit, std::string& next, effort& done) const;

  /// How far `user` had read when the event at `at` was appended; with `time`, when it was that time: what they read
  /// before the room's next event counts as well.
  result<stream_version> last_read(user_id user, room_id room, stream_version at, std::optional<timestamp> time,
                                   effort& done) const;

private:
  using changes = std::vector<message_change>; ///< of one message, ascending

  result<storage::committed_record> record_at(room_id room, stream_version seq) const;
  result<bool> changed_after(room_id room, stream_version message_seq, stream_version at) const;
  result<changes> changes_until(room_id room, stream_version message_seq, stream_version at, effort& done) const;
  result<message_row> row_at(room_id room, stream_version message_seq, stream_version at, effort& done) const;
  result<bool> is_erased(user_id user) const;
  result<std::string> row_then(room_id room, stream_version at, const page_row& now, deleted_words words,
                               effort& done) const;
  result<std::optional<stream_version>> seq_of(room_id room, stream_version at, message_id message) const;
  /// Of the message at `seq`, 0: "null". Known ones are not made again.
  result<std::string_view> parent_then(room_id room, stream_version at, stream_version seq, deleted_words words,
                                       parents& known, effort& done) const;
  result<void> append(std::string& out, room_id room, const std::string& stored, stream_version at, deleted_words words,
                      parents& known, effort& done) const;

  const storage::views_store& views_;
  const log_reader& log_;
  profiles& authors_;
};

} // namespace palabre::projections
