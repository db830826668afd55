#include "actors/stored_event.hpp"

namespace palabre::actors {

storage::new_record stored_event(const stream_id& stream, const events::encoded_event& event,
                                 const command_origin& origin, timestamp time, std::vector<storage::idempotency> keys,
                                 projections::sealed_payload sealed) {
  storage::record r;
  r.stream = stream;
  r.time = time;
  r.actor = origin.actor;
  r.schema = event.schema;
  r.type = event.type;
  r.correlation = origin.correlation;
  r.keys = std::move(keys);
  r.key_id = sealed.key_id;
  r.payload = sealed.key_id == 0 ? event.payload : sealed.stored;
  return {storage::encode(r), std::move(sealed.opened)};
}

} // namespace palabre::actors
