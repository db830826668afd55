#include "actors/room.hpp"

#include "actors/behavior.hpp"

namespace palabre::actors {

room_actor::behavior_type room(room_actor::stateful_pointer<room_actor_state> self, const decider_context* context,
                               room_id id) {
  return behavior_of<room_actor, room_aggregate>(self, context, id);
}

} // namespace palabre::actors
