#include "bench/micro/typical_message.hpp"

#include "events/streams.hpp"

namespace palabre::micro {

uuid numbered_id(std::uint8_t kind, std::uint64_t number) {
  uuid id;
  id.bytes[0] = 1;
  id.bytes[6] = 0x70; // as version 7 has it
  id.bytes[7] = kind;
  // The last eight bytes are random in a real id, and hashed as such.
  const std::uint64_t spread = (number + 1) * 0x9E3779B97F4A7C15ull;
  for (std::size_t i = 0; i < 8; ++i) id.bytes[15 - i] = static_cast<std::uint8_t>(spread >> (8 * i));
  return id;
}
room_id numbered_room(std::uint64_t number) {
  return room_id{numbered_id(1, number)};
}
user_id numbered_user(std::uint64_t number) {
  return user_id{numbered_id(2, number)};
}
message_id numbered_message(std::uint64_t number) {
  return message_id{numbered_id(3, number)};
}

events::message_posted posted_message(std::uint64_t number) {
  events::message_posted posted;
  posted.message = numbered_message(number);
  posted.body.value = body_text;
  posted.author_name.value = "Ada Lovelace";
  return posted;
}

std::string stored_message(room_id in, std::uint64_t number) {
  const events::encoded_event event = events::encode_one(posted_message(number));
  storage::record r;
  r.stream = events::stream_of(in);
  r.time = noon;
  r.actor = numbered_user(1);
  r.schema = event.schema;
  r.type = event.type;
  r.correlation = "0190b1f0-7c3a-7000-8000-000000000001";
  r.payload = event.payload;
  return storage::encode(r);
}

storage::committed_record committed_message(room_id in, stream_version version) {
  std::string stored = stored_message(in, version);
  storage::complete(stored, position{version}, version, {});
  auto view = storage::decode(stored).value();
  const sha256_digest hash = storage::hash_of(stored);
  return {std::move(stored), std::move(view), hash};
}

} // namespace palabre::micro
