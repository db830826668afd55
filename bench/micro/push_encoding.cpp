// What does a message cost on its way to the wire, once for all its subscribers? Unit: ns per message. Workload: the
// push of a committed typical message as a WebSocket text frame, made in place.

#include "base/assert.hpp"
#include "bench/micro/operation.hpp"
#include "bench/micro/typical_message.hpp"
#include "http/realtime/frame.hpp"
#include "http/realtime/publication.hpp"

namespace palabre::micro {
namespace {

namespace realtime = http::realtime;

struct encode_push {
  std::size_t operator()() {
    std::string frames;
    frames.reserve(record.view.payload.size() + 512); // as the publisher does
    const std::size_t start = realtime::begin_text_frame(frames);
    PALABRE_ASSERT(realtime::append_push(frames, record, events::words::shown).has_value());
    realtime::end_text_frame(frames, start);
    return frames.size();
  }
  const storage::committed_record record = committed_message(numbered_room(1), 1);
};

const registration push_encoding_registered[] = {
    measure<encode_push>("http/realtime/encode_push").gated(2'000),
};

} // namespace
} // namespace palabre::micro
