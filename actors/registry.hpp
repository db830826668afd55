#pragma once
#include "actors/decider.hpp"

#include <chrono>
#include <deque>
#include <unordered_map>

namespace palabre::actors {

/// One kind of actors that the registry has awake. A retiring one finishes what is in flight; what comes for it
/// meanwhile waits here and goes to its successor, so that a stream never has two deciders.
template <class Actor, class Request>
struct awake {
  struct entry {
    Actor handle;
    std::chrono::steady_clock::time_point used_at;
    bool retiring = false;
    std::deque<Request> held;
  };
  std::unordered_map<uuid, entry> by_id;
  std::unordered_map<caf::actor_addr, uuid> by_address;
};

struct registry_state {
  awake<room_actor, room_request_ptr> rooms;
  awake<user_actor, user_request_ptr> users;
  bool draining = false;
  static inline const char* name = "registry";
};

/// The registry. `idle`: how long an actor may be without a command before it is let go; looked at every quarter of it.
registry_actor::behavior_type registry(registry_actor::stateful_pointer<registry_state> self,
                                       const decider_context* context, std::chrono::milliseconds idle);

} // namespace palabre::actors
