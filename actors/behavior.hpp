#pragma once
// The mailbox around a decider: the same for every aggregate.

#include "actors/decider.hpp"
#include "events/streams.hpp"

namespace palabre::actors {

/// The behavior of an actor whose state has `decides` and `retiring`.
template <class Actor, class Aggregate, class Self, class Id>
typename Actor::behavior_type behavior_of(Self* self, const decider_context* context, Id id) {
  using decider_type = decider<Aggregate>;
  auto woken = std::make_unique<decider_type>(*context, events::stream_of(id), [self] {
    // The handle keeps the actor alive until the journal has answered; held for longer it would never end.
    return [me = caf::actor_cast<Actor>(self)](append_result_ptr what) { caf::anon_send(me, std::move(what)); };
  });
  const auto hydrated = woken->hydrate();
  std::optional<error> broken;
  if (hydrated)
    self->state.decides = std::move(woken);
  else
    broken = hydrated.error();
  return {[self, broken, context](const typename decider_type::request_ptr& request) {
            if (!broken) return self->state.decides->receive(request);
            if (context->counted) context->counted->count(*broken);
            request->answer.answer(*broken);
            self->quit(); // the next command wakes another, which may be luckier with the disk
          },
          [self](const append_result_ptr& what) {
            auto& state = self->state;
            if (!state.decides->hear(*what) || (state.retiring && !state.decides->busy())) self->quit();
          },
          [self](retire) {
            self->state.retiring = true;
            if (!self->state.decides || !self->state.decides->busy()) self->quit();
          }};
}

} // namespace palabre::actors
