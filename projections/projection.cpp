#include "projections/projection.hpp"

#include "events/sealing.hpp"

namespace palabre::projections {

result<log_event> decode(const storage::record& record) {
  auto event = events::decode_any(record.stream.kind, record.type, record.schema, record.payload);
  if (!event) {
    const bool is_closed = record.key_id != 0 && !events::seal_in(record.payload).empty();
    return error{event.error().code,
                 "position " + std::to_string(record.at.value) + ": " +
                     (is_closed ? "sealed, and the log was opened without its keys" : event.error().context)};
  }
  return log_event{record, std::move(event).value()};
}

error in_projection(const projection& p, const log_event& e, const error& why) {
  return {why.code, "projection " + std::string(p.name()) + ", position " + std::to_string(e.envelope.at.value) + ": " +
                        why.context};
}

std::string fingerprint(const std::vector<projection*>& projections, std::string_view epoch) {
  std::string text(epoch);
  for (const projection* p : projections) {
    text += ' ';
    text += p->name();
    text += ':';
    text += std::to_string(p->version());
  }
  return text;
}

} // namespace palabre::projections
