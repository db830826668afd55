#pragma once
#include "actors/decider.hpp"

#include <memory>

namespace palabre::actors {

struct room_actor_state {
  std::unique_ptr<decider<room_aggregate>> decides;
  bool retiring = false;
  static inline const char* name = "room";
};

/// A room: decides what its mailbox brings, ends when told to retire or when an append failed.
room_actor::behavior_type room(room_actor::stateful_pointer<room_actor_state> self, const decider_context* context,
                               room_id id);

} // namespace palabre::actors
