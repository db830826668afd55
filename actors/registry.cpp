#include "actors/registry.hpp"

#include "actors/room.hpp"
#include "actors/user.hpp"

namespace palabre::actors {
namespace {

using self_pointer = registry_actor::stateful_pointer<registry_state>;
using steady = std::chrono::steady_clock;

template <class Actor, class Request, class Spawn>
void wake(self_pointer self, awake<Actor, Request>& actors, const uuid& id, Spawn spawn) {
  auto& entry = actors.by_id[id];
  entry.handle = spawn();
  entry.retiring = false;
  self->monitor(entry.handle);
  actors.by_address[entry.handle.address()] = id;
}

template <class Actor, class Request, class Spawn>
void pass_on(self_pointer self, awake<Actor, Request>& actors, const uuid& id, const Request& request, Spawn spawn) {
  if (self->state.draining) return; // the reply ends as abandoned
  auto found = actors.by_id.find(id);
  if (found == actors.by_id.end()) {
    wake(self, actors, id, spawn);
    found = actors.by_id.find(id);
  }
  found->second.used_at = steady::now();
  if (found->second.retiring)
    found->second.held.push_back(request);
  else
    self->send(found->second.handle, request);
}

template <class Actor, class Request>
void retire_if(self_pointer self, awake<Actor, Request>& actors, steady::time_point unused_since) {
  for (auto& [id, entry] : actors.by_id) {
    if (entry.retiring || entry.used_at > unused_since) continue;
    entry.retiring = true;
    self->send(entry.handle, retire{});
  }
}

/// An actor has ended: forget it, or wake its successor for what was held. False: not one of these.
template <class Actor, class Request, class Spawn>
bool gone(self_pointer self, awake<Actor, Request>& actors, const caf::actor_addr& address, Spawn spawn) {
  const auto known = actors.by_address.find(address);
  if (known == actors.by_address.end()) return false;
  const uuid id = known->second;
  actors.by_address.erase(known);
  const auto found = actors.by_id.find(id);
  std::deque<Request> held = std::move(found->second.held);
  actors.by_id.erase(found);
  for (const Request& request : held) pass_on(self, actors, id, request, [&] { return spawn(id); });
  return true;
}

} // namespace

registry_actor::behavior_type registry(self_pointer self, const decider_context* context,
                                       std::chrono::milliseconds idle) {
  const auto new_room = [=](const uuid& id) { return self->spawn(room, context, room_id{id}); };
  const auto new_user = [=](const uuid& id) { return self->spawn(user, context, user_id{id}); };
  const auto note_awake = [=] {
    if (context->counted) context->counted->note_awake(self->state.rooms.by_id.size(), self->state.users.by_id.size());
  };
  const auto end_if_drained = [=] {
    if (self->state.draining && self->state.rooms.by_id.empty() && self->state.users.by_id.empty()) self->quit();
  };
  self->set_down_handler([=](caf::down_msg& down) {
    if (!gone(self, self->state.rooms, down.source, new_room)) gone(self, self->state.users, down.source, new_user);
    note_awake();
    end_if_drained();
  });
  self->delayed_send(self, idle / 4, sweep{});
  return {[=](const room_request_ptr& request) {
            pass_on(self, self->state.rooms, request->room, request, [&] { return new_room(request->room); });
            note_awake();
          },
          [=](const user_request_ptr& request) {
            pass_on(self, self->state.users, request->user, request, [&] { return new_user(request->user); });
            note_awake();
          },
          [=](sweep) {
            const auto unused_since = steady::now() - idle;
            retire_if(self, self->state.rooms, unused_since);
            retire_if(self, self->state.users, unused_since);
            if (!self->state.draining) self->delayed_send(self, idle / 4, sweep{});
          },
          [=](drain) {
            self->state.draining = true;
            retire_if(self, self->state.rooms, steady::time_point::max());
            retire_if(self, self->state.users, steady::time_point::max());
            end_if_drained();
          }};
}

} // namespace palabre::actors
