#include "http/idempotency.hpp"

#include "base/bytes.hpp"

namespace palabre::http {
namespace {

/// Parts behind their lengths, so that no two lists of parts give the same bytes.
void append_part(std::string& out, std::string_view part) {
  put_int(out, static_cast<std::uint32_t>(part.size()));
  out += part;
}

storage::idempotency keyed(const services& s, std::string_view scope, std::string_view content, std::uint16_t status) {
  storage::idempotency key;
  key.scope = shortened(hmac_sha256(s.name_key, scope));
  std::string request{as_bytes(key.scope)};
  request += content;
  key.request = shortened(hmac_sha256(s.name_key, request));
  key.status = status;
  return key;
}

} // namespace

std::vector<storage::idempotency> idempotency_of(const services& s, const call& c, std::uint16_t status) {
  if (c.idempotency_key.empty()) return {};
  std::string scope = "idempotency-key";
  append_bytes(scope, c.user());
  append_part(scope, name_of(c.method));
  append_part(scope, c.path);
  append_part(scope, c.idempotency_key);
  return {keyed(s, scope, c.body, status)};
}

storage::idempotency idempotency_of_client_id(const services& s, user_id user, room_id room, std::string_view client_id,
                                              std::string_view content, std::uint16_t status) {
  std::string scope = "message.post";
  append_bytes(scope, user);
  append_bytes(scope, room);
  append_part(scope, client_id);
  return keyed(s, scope, content, status);
}

} // namespace palabre::http
