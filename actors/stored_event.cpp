#include "actors/stored_event.hpp"

namespace palabre::actors {

std::string stored_event(const stream_id& stream, const events::encoded_event& event, const command_origin& origin,
                         timestamp time, std::vector<storage::idempotency> keys) {
  storage::record r;
  r.stream = stream;
  r.time = time;
  r.actor = origin.actor;
  r.schema = event.schema;
  r.type = event.type;
  r.correlation = origin.correlation;
  r.keys = std::move(keys);
  r.payload = event.payload;
  return storage::encode(r);
}

} // namespace palabre::actors
