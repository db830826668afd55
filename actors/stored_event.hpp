#pragma once
#include "actors/protocol.hpp"
#include "projections/record_seal.hpp"

namespace palabre::actors {

/// The stored form of an event, complete but for what the journal fills in. `keys` only on a command's first record.
storage::new_record stored_event(const stream_id& stream, const events::encoded_event& event,
                                 const command_origin& origin, timestamp time, std::vector<storage::idempotency> keys,
                                 projections::sealed_payload sealed = {});

} // namespace palabre::actors
