#pragma once
// What a decider needs to know of each aggregate: how its requests are decided and how its state follows.

#include "actors/protocol.hpp"
#include "events/recent_facts.hpp"

#include <string_view>

namespace palabre::actors {

struct room_aggregate {
  using request = room_request;
  using event = events::room_event;

  events::room_state state;
  events::recent_facts recent;

  stream_version version() const { return state.version; }
  timestamp last_time() const { return state.last_time; }
  result<events::decided<event>> decide(const request& r, timestamp now) const {
    events::room_facts facts = r.facts;
    PALABRE_TRY(recent.correct(facts, r.command, r.origin.actor));
    return events::decide(state, facts, r.command, {r.origin.actor, now, r.room});
  }
  void evolve(const event& e, const events::event_meta& meta) {
    events::evolve(state, e, meta);
    recent.evolve(e, meta);
  }
  /// Raised when the shape of the state changes: older snapshots are left aside.
  static constexpr std::string_view snapshot_shape = "room 4 ";
  /// A key whose scope is wider than this room may be taken by another room at the same time: its append may fail, and
  /// must not take others with it.
  static bool stands_alone(const request& r) {
    return !r.origin.keys.empty() &&
           (std::holds_alternative<events::join_room>(r.command) || events::makes_a_room(r.command));
  }
  /// What is remembered of facts begins with this version.
  void hydrated() { recent = events::recent_facts(state.version); }
};

struct user_aggregate {
  using request = user_request;
  using event = events::user_event;

  events::user_state state;

  stream_version version() const { return state.version; }
  timestamp last_time() const { return state.last_time; }
  result<events::decided<event>> decide(const request& r, timestamp now) const {
    return events::decide(state, r.command, {r.origin.actor, now, r.user});
  }
  void evolve(const event& e, const events::event_meta& meta) { events::evolve(state, e, meta); }
  static constexpr std::string_view snapshot_shape = "user 4 ";
  static bool stands_alone(const request&) { return false; } // an account's keys are its own
  void hydrated() {}
};

} // namespace palabre::actors
