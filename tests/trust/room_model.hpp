#pragma once
// A room in a few maps: what a schedule's outcome is held against.

#include "events/room.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace palabre::trust {

/// A public room that exists, or did until it was archived. What a command leads to, and what an event changes.
struct room_model {
  struct message {
    stream_version seq = 0;
    user_id author;
    bool deleted = false;
    std::uint32_t edits = 0;
    std::set<std::pair<std::string, user_id>> reactions;
    std::set<user_id> reporters;
    friend bool operator==(const message&, const message&) = default;
  };
  /// A refusal, or the events as JSON (none: there is nothing to change).
  struct expectation {
    std::optional<errc> refusal;
    std::vector<std::string> events;
    friend bool operator==(const expectation&, const expectation&) = default;
  };

  events::room_settings settings;
  std::string share_code;
  bool archived = false;
  std::map<user_id, events::role> members;
  std::map<user_id, timestamp> banned_until, muted_until;
  std::map<message_id, message> messages;
  std::vector<message_id> pins;
  stream_version version = 0;

  /// Bans and mutes of it are for ever: when a command is decided makes no difference.
  expectation expected_of(const events::room_command& command, user_id actor) const;
  void apply(const events::room_event& event, user_id actor);

  friend bool operator==(const room_model&, const room_model&) = default;
};

/// Whom a text of a schedule mentions: "@<id>" stands in front of it.
std::optional<user_id> named_in(std::string_view text);
std::string text_of(const events::room_event& event);

} // namespace palabre::trust
