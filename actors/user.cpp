#include "actors/user.hpp"

#include "actors/behavior.hpp"

namespace palabre::actors {

user_actor::behavior_type user(user_actor::stateful_pointer<user_actor_state> self, const decider_context* context,
                               user_id id) {
  return behavior_of<user_actor, user_aggregate>(self, context, id);
}

} // namespace palabre::actors
