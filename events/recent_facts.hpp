#pragma once
// What has changed in a room since some seq, so that facts looked up then can be set right.

#include "events/room.hpp"

#include <deque>
#include <unordered_map>

namespace palabre::events {

/// Bounded (limits::recent_facts_max changes); what is older than it remembers is answered with stale_facts, and so are
/// facts from before another's message that is to be deleted: who its author was in the room was not looked up.
class recent_facts {
public:
  /// Remembers nothing up to `floor`.
  explicit recent_facts(stream_version floor = 0) : floor_(floor) {}

  void evolve(const room_event& event, const event_meta& meta);
  /// Sets `facts` right for `actor` and `command`. Requires: where delete_message has facts of the message, its
  /// author's standing was looked up with it. Errors: stale_facts.
  result<void> correct(room_facts& facts, const room_command& command, user_id actor) const;
  stream_version floor() const { return floor_; }

private:
  template <class T>
  struct changed {
    T now;
    stream_version at = 0;
  };
  template <class Key, class T>
  using changes = std::unordered_map<Key, changed<T>>;
  struct reaction_key {
    message_id message;
    user_id user;
    std::string emoji;
    friend bool operator==(const reaction_key&, const reaction_key&) = default;
  };
  struct reaction_key_hash {
    std::size_t operator()(const reaction_key& k) const noexcept;
  };
  /// Who reported a message, since it was deleted or looked at, or else in addition to what the views say.
  struct reporters {
    bool are_all = false;
    std::vector<user_id> users;
  };
  /// One change, in order, so that the oldest can be forgotten.
  struct entry {
    stream_version at;
    std::variant<user_id, message_id, reaction_key> of;
  };

  void take_in(const message_posted& e, const event_meta& meta);
  void take_in(const message_edited& e, const event_meta& meta);
  void take_in(const message_deleted& e, const event_meta& meta);
  void take_in(const message_reported& e, const event_meta& meta);
  void take_in(const message_reviewed& e, const event_meta& meta);
  void take_in(const reaction_added& e, const event_meta& meta);
  void take_in(const reaction_removed& e, const event_meta& meta);
  void take_in(const member_joined& e, const event_meta& meta);
  void take_in(const member_role_changed& e, const event_meta& meta);
  void take_in(const room_owner_changed& e, const event_meta& meta);
  void take_in(const member_banned& e, const event_meta& meta);
  void take_in(const member_unbanned& e, const event_meta& meta);
  void take_in(const member_muted& e, const event_meta& meta);
  void take_in(const member_unmuted& e, const event_meta& meta);
  /// No command looks up what the others change, but for who departs.
  template <class Other>
  void take_in(const Other&, const event_meta&) {}

  void set_role(user_id user, std::optional<role> as, stream_version at);
  void set_until(changes<user_id, timestamp>& of, user_id user, timestamp until, stream_version at);
  void forget_reports(message_id message, stream_version at);
  void remember(stream_version at, decltype(entry::of) of);
  void forget_oldest();
  /// `muted_until`: of who was no member when the facts were looked up.
  void correct_standing(std::optional<standing>& facts, user_id user, stream_version true_at,
                        timestamp muted_until = {}) const;
  void correct_mentioned(room_facts& facts) const;
  void correct_reporters(room_facts& facts, message_id message) const;
  result<void> correct_message(room_facts& facts, const room_command& command, user_id actor, message_id message) const;

  stream_version floor_;
  std::deque<entry> order_;
  changes<user_id, std::optional<role>> roles_;
  changes<user_id, timestamp> bans_, mutes_;
  changes<user_id, timestamp> posts_; ///< when they last posted
  changes<message_id, message_fact> messages_;
  std::unordered_map<reaction_key, changed<bool>, reaction_key_hash> reactions_;
  changes<message_id, std::vector<std::string>> kinds_; ///< emoji added since, per message
  changes<message_id, reporters> reports_;
};

} // namespace palabre::events
