#pragma once
// How an event's personal fields are sealed in its record, and opened again: nobody else knows of it. Whoever reads the
// log through an event_log that was given a record_seal gets payloads as they were before.

#include "events/sealing.hpp"
#include "storage/key_ring.hpp"
#include "storage/record.hpp"

#include <memory>

namespace palabre::projections {

/// Whose words an event of `stream` holds: in a person's own streams that person's, elsewhere those of who acts. Nil:
/// nobody's.
user_id person_of(const stream_id& stream, user_id actor);

/// A payload as it is stored, and as readers get it.
struct sealed_payload {
  std::uint32_t key_id = 0;
  std::string stored;
  std::string opened;
};

/// Threads: any. Lifetime: shares the ring; `random` outlives it.
class record_seal final : public storage::payload_opener {
public:
  record_seal(std::shared_ptr<storage::key_ring> keys, randomness& random) : keys_(std::move(keys)), random_(random) {}

  storage::key_ring& keys() const { return *keys_; }

  /// `event` as the one of `version` in `stream`: the seal opens there and nowhere else. Of whoever was erased nothing
  /// is kept. Requires: `parts` are those of the event, with something personal.
  sealed_payload seal(const stream_id& stream, stream_version version, const events::encoded_event& event,
                      events::divided_payload parts, const storage::data_key& with) const;

  /// A key that is destroyed, or is to be: the personal fields are null. Errors: corrupt, io.
  result<std::string> open(const storage::record& sealed) const override;
  bool opens(std::uint32_t key_id) const override { return !keys_->is_noted(key_id); }

private:
  const std::shared_ptr<storage::key_ring> keys_;
  randomness& random_;
};

} // namespace palabre::projections
