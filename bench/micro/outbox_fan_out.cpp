// What does one frame cost for N subscribers, from the outbox down? Unit: ns for all N. Workload: the frame of a
// typical message, lent to the empty outboxes of 10 and 1,000 connections. "sent" writes it to a socket that takes
// everything (one system call each); "kept" finds the socket full, so each outbox keeps a reference, and forgets it
// again.

#include "base/assert.hpp"
#include "bench/micro/discarding_sink.hpp"
#include "bench/micro/operation.hpp"
#include "bench/micro/typical_message.hpp"
#include "http/realtime/frame.hpp"
#include "http/realtime/outbox.hpp"
#include "http/realtime/publication.hpp"

#include <unistd.h>

namespace palabre::micro {
namespace {

namespace realtime = http::realtime;

realtime::channel_frames_ptr frames_of_a_message() {
  std::string push;
  const auto record = committed_message(numbered_room(1), 1);
  PALABRE_ASSERT(realtime::append_push(push, record, events::words::shown).has_value());
  auto frames = std::make_shared<realtime::channel_frames>();
  frames->bytes = realtime::text_frame(push);
  return frames;
}

struct fan_out {
  explicit fan_out(std::size_t subscribers) : outboxes(subscribers) {}
  const realtime::channel_frames_ptr frames = frames_of_a_message();
  const realtime::lent_frames lent[1] = {{&frames, frames->bytes}};
  std::vector<realtime::outbox> outboxes;
};

struct send_to_all : fan_out {
  using fan_out::fan_out;
  ~send_to_all() { ::close(socket); }
  std::size_t operator()() {
    for (realtime::outbox& each : outboxes) PALABRE_ASSERT(each.flush(socket, lent) == realtime::outbox::outcome::sent);
    return outboxes.size();
  }
  const discarding_sink sink;
  const int socket = sink.connected_socket();
};

struct keep_for_all : fan_out {
  using fan_out::fan_out;
  std::size_t operator()() {
    for (realtime::outbox& each : outboxes) each.push(lent[0]);
    for (realtime::outbox& each : outboxes) each.drop_unsent(realtime::wire::websocket);
    return outboxes.size();
  }
};

const registration outbox_fan_out_registered[] = {
    measure<send_to_all>("http/realtime/outbox/sent_10", std::size_t{10}).items(10).gated(100),
    measure<send_to_all>("http/realtime/outbox/sent_1000", std::size_t{1'000}).items(1'000),
    measure<keep_for_all>("http/realtime/outbox/kept_10", std::size_t{10}).items(10).gated(100),
    measure<keep_for_all>("http/realtime/outbox/kept_1000", std::size_t{1'000}).items(1'000),
};

} // namespace
} // namespace palabre::micro
