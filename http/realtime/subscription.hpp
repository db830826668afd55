#pragma once
#include "base/position.hpp"
#include "events/permissions.hpp"
#include "http/realtime/channel.hpp"
#include "http/realtime/tag_filter.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace palabre::http::realtime {

struct channel_subscribers;

/// What few subscriptions have.
struct subscription_terms {
  std::string name;                 ///< of a named channel
  std::string info;                 ///< JSON, shown to others as `chan_info`; empty: none
  std::optional<tag_filter> filter; ///< of publications
  bool is_listed = true;            ///< shown to those who ask who is there
  bool tells_others = true;         ///< others hear it come and go
  std::chrono::steady_clock::time_point ends_at = std::chrono::steady_clock::time_point::max(); ///< grace included
};

/// One channel that one connection listens to. Owned by the connection; the hub sees it from subscribe() to
/// unsubscribe().
struct subscription {
  channel_id channel;
  channel_subscribers* in = nullptr;
  std::uint32_t index = 0;      ///< in in->entries
  bool by_server = false;       ///< not asked for by the client
  bool wants_joins = false;     ///< hears who comes and goes
  bool is_present = false;      ///< is one of those who are there: others were told
  bool moderates = false;       ///< hears what moderators alone see
  stream_version last = 0;      ///< of a particular entry: handed over up to here
  stream_version member_at = 0; ///< the room's seq at which membership was looked up
  stream_version left_at = 0;   ///< while muted: the seq at which its user left the room; 0: has not
  stream_version role_at = 0;   ///< the room's seq of what is known of its user's role
  std::unique_ptr<subscription_terms> terms;

  /// Of a room: its user had this role at its seq `at`. Who knows of a later one keeps to that.
  void note_role(events::role as, stream_version at) {
    if (at < role_at) return;
    role_at = at;
    moderates = as >= events::role::moderator;
  }
  /// Its user was found to be a member.
  void note_member(events::role as, stream_version at) {
    member_at = at;
    note_role(as, at);
  }

  std::string name() const {
    if (terms && !terms->name.empty()) return terms->name;
    std::string out;
    append_name(out, channel);
    return out;
  }
};

} // namespace palabre::http::realtime
