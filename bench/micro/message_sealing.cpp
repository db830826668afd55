// What does sealing cost a message? Unit: ns per message. Workload: message.posted with a body of 128 bytes: "divide"
// takes its personal fields out; "seal" is all that the room's actor does more for it; "open" is what whoever reads it
// from the log does more; "unwrap" is what the first use of a person's key costs.

#include "base/assert.hpp"
#include "bench/micro/operation.hpp"
#include "bench/micro/temporary_directory.hpp"
#include "bench/micro/typical_message.hpp"
#include "events/streams.hpp"
#include "projections/record_seal.hpp"
#include "storage/key_ring_file.hpp"

namespace palabre::micro {
namespace {

struct divide_message {
  auto operator()() { return events::divide(event); }
  const events::room_event event = posted_message(1);
};

struct sealing {
  sealing() {
    PALABRE_ASSERT(opened);
    const auto key = keys->key_of(numbered_user(1));
    PALABRE_ASSERT(key);
  }

  auto seal() {
    const auto with = keys->key_of(numbered_user(1));
    return by.seal(stream, 1, encoded, events::divide(event), with.value());
  }

  const temporary_directory directory;
  system_randomness random;
  palabre::result<std::unique_ptr<storage::key_ring>> opened =
      storage::key_ring::open({directory / "keys", {std::string(32, 'M')}, 0}, random);
  const std::shared_ptr<storage::key_ring> keys = std::move(opened).value();
  const projections::record_seal by{keys, random};
  const stream_id stream = events::stream_of(numbered_room(1));
  const events::room_event event = posted_message(1);
  const events::encoded_event encoded = events::encode(event);
};

struct seal_message {
  auto operator()() { return with.seal(); }
  sealing with;
};

struct open_message {
  open_message() {
    record.stream = with.stream;
    record.version = 1;
    record.type = with.encoded.type;
    record.schema = with.encoded.schema;
    record.key_id = sealed.key_id;
    record.payload = sealed.stored;
  }
  auto operator()() { return with.by.open(record); }
  sealing with;
  const projections::sealed_payload sealed = with.seal();
  storage::record record;
};

struct unwrap_key {
  auto operator()() { return storage::unwrap(master, entry); }
  system_randomness random;
  const storage::aead_key master{std::string(32, 'M')};
  const storage::ring_entry entry{1, numbered_user(1),
                                  storage::wrap(master, 1, numbered_user(1), std::string(32, 'k'), random)};
};

const registration message_sealing_registered[] = {
    measure<divide_message>("events/divide"),
    measure<seal_message>("projections/message/seal"),
    measure<open_message>("projections/message/open"),
    measure<unwrap_key>("storage/key_ring/unwrap"),
};

} // namespace
} // namespace palabre::micro
