#pragma once
#include "actors/decider.hpp"

#include <memory>

namespace palabre::actors {

struct user_actor_state {
  std::unique_ptr<decider<user_aggregate>> decides;
  bool retiring = false;
  static inline const char* name = "user";
};

/// A user: decides what its mailbox brings, ends when told to retire or when an append failed.
user_actor::behavior_type user(user_actor::stateful_pointer<user_actor_state> self, const decider_context* context,
                               user_id id);

} // namespace palabre::actors
