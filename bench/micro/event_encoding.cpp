// What do an event's bytes cost, made and read? Unit: ns per event. Workload: message.posted with a body of 128 bytes,
// to and from the JSON of the log; "catalog" finds the type by its name first, as a reader of the whole log does.

#include "bench/micro/operation.hpp"
#include "bench/micro/typical_message.hpp"
#include "events/catalog.hpp"

namespace palabre::micro {
namespace {

struct encode_event {
  events::encoded_event operator()() { return events::encode(event); }
  const events::room_event event = posted_message(1);
};

struct decode_event {
  auto operator()() { return events::decode_as<events::message_posted>(stored.schema, stored.payload); }
  const events::encoded_event stored = events::encode_one(posted_message(1));
};

struct decode_by_catalog {
  auto operator()() { return events::decode_any('r', stored.type, stored.schema, stored.payload); }
  const events::encoded_event stored = events::encode_one(posted_message(1));
};

const registration event_encoding_registered[] = {
    measure<encode_event>("events/encode").gated(2'000),
    measure<decode_event>("events/decode").gated(2'000),
    measure<decode_by_catalog>("events/decode/catalog").gated(2'000),
};

} // namespace
} // namespace palabre::micro
