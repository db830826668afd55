// What does a room's own decision cost, without mailbox, journal and disk? Unit: ns per command. Workload: a member of
// a room posts the typical message, with facts that are as new as the state; "stored" also makes the event's record, as
// the actor does.

#include "actors/aggregates.hpp"
#include "actors/stored_event.hpp"
#include "base/assert.hpp"
#include "bench/micro/operation.hpp"
#include "bench/micro/typical_message.hpp"
#include "events/streams.hpp"

namespace palabre::micro {
namespace {

struct post_to_room {
  post_to_room() {
    room.evolve(events::room_created{}, {1, noon, member});
    room.evolve(events::member_joined{member, events::role::owner, events::join_way::created, {"Ada"}},
                {2, noon, member});
    events::post_message command;
    command.body = body_text;
    command.author_name = "Ada Lovelace";
    request.command = command;
    request.facts.standing = events::role::owner;
    request.origin.actor = member;
  }

  events::room_event operator()() {
    std::get<events::post_message>(request.command).message = numbered_message(room.version());
    request.facts.true_at = room.version();
    auto decided = room.decide(request, noon);
    PALABRE_ASSERT(decided && decided.value().events.size() == 1);
    room.evolve(decided.value().events.front(), {room.version() + 1, noon, member});
    return std::move(decided.value().events.front());
  }

  const user_id member = numbered_user(1);
  actors::room_aggregate room;
  actors::room_request request;
};

struct post_and_store {
  std::string operator()() {
    const events::room_event event = post();
    return actors::stored_event(stream, events::encode(event), origin, noon, {}).stored;
  }
  post_to_room post;
  const stream_id stream = events::stream_of(numbered_room(1));
  const actors::command_origin origin{numbered_user(1), "0190b1f0-7c3a-7000-8000-000000000001", {}};
};

const registration room_decision_registered[] = {
    measure<post_to_room>("actors/decide_and_evolve").gated(2'000),
    measure<post_and_store>("actors/decide_and_evolve/stored").gated(2'000),
};

} // namespace
} // namespace palabre::micro
