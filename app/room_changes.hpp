#pragma once
// What changed in a room between two moments, and who did it, from its events.

#include "app/moment.hpp"
#include "app/people_names.hpp"

#include "events/catalog.hpp"

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace palabre::app {

/// One event, with what was so before it. Secrets are nowhere in it.
struct room_change {
  struct field {
    std::string name;
    std::optional<std::string> before, after; ///< as JSON; nullopt: there was, or is, none
  };
  struct message_named {
    message_id id;
    stream_version seq = 0;
    std::optional<person_named> author; ///< of a message that was posted, edited or deleted
  };
  stream_version seq = 0;
  position at;
  timestamp time;
  std::string_view type;
  person_named who; ///< as they were called then
  std::optional<message_named> message;
  std::optional<person_named> member; ///< who came or went
  std::vector<field> fields;
};

struct room_range {
  room_id room;
  moment from{0, {}};                ///< changes later than this,
  moment to;                         ///< and not later than this
  std::optional<message_id> message; ///< only of this one
};

/// Reads a room's events twice: once to see which messages were edited or deleted in the range, once to follow those
/// from the beginning. Memory: an entry for each of them with its text, and for each member; nothing for other
/// messages.
class room_changes {
public:
  room_changes(const storage::event_log& log, const room_range& range) : log_(log), range_(range), names_(log) {}

  /// Calls `tell` with each change, in order, until it answers false. Errors: not_found: there is no such room;
  /// corrupt, from_the_future: with the position; io.
  result<void> visit(const std::function<bool(const room_change&)>& tell);

private:
  struct words {
    std::string body; ///< as JSON
    user_id author;
  };
  result<void> find_wanted();
  bool is_needed(const storage::record& r) const;
  result<room_change> begin(const storage::record& r);
  result<void> describe(room_change& change, const events::room_event& event, position at);
  void follow(const events::room_event& event, const storage::record& r);

  result<void> add(room_change& c, const events::room_created& e, position at);
  result<void> add(room_change& c, const events::room_updated& e, position at);
  result<void> add(room_change& c, const events::room_archived& e, position at);
  result<void> add(room_change& c, const events::room_code_rotated& e, position at);
  result<void> add(room_change& c, const events::member_joined& e, position at);
  result<void> add(room_change& c, const events::member_left& e, position at);
  result<void> add(room_change& c, const events::message_posted& e, position at);
  result<void> add(room_change& c, const events::message_edited& e, position at);
  result<void> add(room_change& c, const events::message_deleted& e, position at);
  result<void> add(room_change& c, const events::message_pinned& e, position at);
  result<void> add(room_change& c, const events::message_unpinned& e, position at);
  result<void> add(room_change& c, const events::message_reported& e, position at);
  result<void> add(room_change& c, const events::message_reviewed& e, position at);
  result<void> add(room_change& c, const events::reaction_added& e, position at);
  result<void> add(room_change& c, const events::reaction_removed& e, position at);
  const words* words_of(message_id message) const;
  result<void> add(room_change& c, const events::room_restored& e, position at);
  result<void> add(room_change& c, const events::room_owner_changed& e, position at);
  result<void> add(room_change& c, const events::member_kicked& e, position at);
  result<void> add(room_change& c, const events::member_role_changed& e, position at);
  result<void> add(room_change& c, const events::member_banned& e, position at);
  result<void> add(room_change& c, const events::member_unbanned& e, position at);
  result<void> add(room_change& c, const events::member_muted& e, position at);
  result<void> add(room_change& c, const events::member_unmuted& e, position at);
  result<void> add(room_change& c, const events::invitation_created& e, position at);
  result<void> add(room_change& c, const events::invitation_accepted& e, position at);
  result<void> add(room_change& c, const events::invitation_revoked& e, position at);
  result<void> add_departure(room_change& c, user_id user, position at);
  template <class Sanction>
  result<void> add_sanction(room_change& c, const Sanction& e, position at);
  std::string role_of(user_id user) const;
  void add_settings(room_change& c, const events::room_settings* before, const events::room_settings& after) const;

  const storage::event_log& log_;
  const room_range range_;
  people_names names_;
  std::unordered_set<message_id> wanted_;
  std::unordered_map<message_id, words> words_; ///< of those wanted, as they are by now
  std::optional<events::room_settings> settings_;
  std::unordered_map<user_id, events::role> roles_;
  std::unordered_set<message_id> pinned_; ///< of those wanted, by now
};

} // namespace palabre::app
