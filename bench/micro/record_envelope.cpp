// What does the envelope around an event cost? Unit: ns per record. Workload: a record of the typical message; "seal"
// is what the journal does to each: position, version and predecessor written in, then SHA-256 over all of it.

#include "bench/micro/operation.hpp"
#include "bench/micro/typical_message.hpp"
#include "storage/record.hpp"

namespace palabre::micro {
namespace {

struct encode_record {
  std::string operator()() { return storage::encode(record.view); }
  const storage::committed_record record = committed_message(numbered_room(1), 1);
};

struct decode_record {
  auto operator()() { return storage::decode(record.stored); }
  const storage::committed_record record = committed_message(numbered_room(1), 1);
};

struct seal_record {
  sha256_digest operator()() {
    storage::complete(stored, at, at.value, previous);
    at = at.next();
    return previous = storage::hash_of(stored);
  }
  std::string stored = stored_message(numbered_room(1), 1);
  position at{1};
  sha256_digest previous{};
};

const registration record_envelope_registered[] = {
    measure<encode_record>("storage/record/encode").gated(2'000),
    measure<decode_record>("storage/record/decode").gated(2'000),
    measure<seal_record>("storage/record/seal").gated(2'000),
};

} // namespace
} // namespace palabre::micro
