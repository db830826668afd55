#pragma once
// How a repeated command is recognised (decisions.md 5): by HMACs under the server's name key, so that the log shows
// neither keys nor bodies.

#include "http/api.hpp"

#include <string_view>
#include <vector>

namespace palabre::http {

/// The key of the Idempotency-Key header, in the scope (user, method, path); the body must be the same bytes when it
/// comes again. Empty without the header. `status`: of the answer if this call succeeds. Requires: call::who.
std::vector<storage::idempotency> idempotency_of(const services& s, const call& c, std::uint16_t status);

/// The key of a message's client_id, in the scope (user, room), by REST and rpc alike. `content`: what has to be equal
/// when it comes again: canonical() of the body (http/schema.hpp), because the bytes differ between REST and rpc.
storage::idempotency idempotency_of_client_id(const services& s, user_id user, room_id room, std::string_view client_id,
                                              std::string_view content, std::uint16_t status);

} // namespace palabre::http
