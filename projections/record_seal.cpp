#include "projections/record_seal.hpp"

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "events/catalog.hpp"

namespace palabre::projections {
namespace {

/// What is authenticated beside the personal fields.
std::string place_of(const storage::record& r) {
  std::string bytes;
  bytes.reserve(stream_id_bytes + 8 + 2 + 4 + r.type.size());
  append_bytes(bytes, r.stream);
  put_int(bytes, r.version);
  put_int(bytes, r.schema);
  put_int(bytes, r.key_id);
  bytes += r.type;
  return bytes;
}

} // namespace

user_id person_of(const stream_id& stream, user_id actor) {
  const auto kind = static_cast<events::stream_kind>(stream.kind);
  const bool own = kind == events::stream_kind::user || kind == events::stream_kind::inbox;
  return own ? user_id{stream.id} : actor;
}

sealed_payload record_seal::seal(const stream_id& stream, stream_version version, const events::encoded_event& event,
                                 events::divided_payload parts, const storage::data_key& with) const {
  if (!with.key) {
    auto bare = events::make_whole_any(stream.kind, event.type, event.schema, parts.open, std::nullopt);
    PALABRE_ASSERT(bare); // these are the event's own fields
    return {with.id, std::move(parts.open), std::move(bare).value()};
  }
  storage::record place;
  place.stream = stream;
  place.version = version;
  place.schema = event.schema;
  place.key_id = with.id;
  place.type = event.type;
  storage::aead_nonce nonce;
  random_.fill(nonce.data(), nonce.size());
  const std::string sealed = storage::aead_seal(*with.key, nonce, place_of(place), parts.personal);
  return {with.id, events::with_seal(std::move(parts.open), to_base64url(sealed)), event.payload};
}

result<std::string> record_seal::open(const storage::record& r) const {
  PALABRE_TRY(const storage::data_key with, keys_->find(r.key_id));
  const auto whole = [&](std::optional<std::string_view> personal) {
    return events::make_whole_any(r.stream.kind, r.type, r.schema, r.payload, personal);
  };
  const std::string_view seal = events::seal_in(r.payload);
  if (!with.key || seal.empty()) return whole(std::nullopt); // without one: said by somebody who was erased by then
  const std::string sealed = from_base64url(seal);
  auto personal = storage::aead_open(*with.key, place_of(r), sealed);
  if (!personal) return error{personal.error().code, std::string(r.type) + ": " + personal.error().context};
  return whole(personal.value());
}

} // namespace palabre::projections
