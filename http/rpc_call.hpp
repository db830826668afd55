#pragma once
#include "http/api.hpp"

namespace palabre::http {

/// Makes of the parameters of a realtime rpc the call of its route: method, path, query and body, as REST would have
/// them, so that everything behind it, idempotency included, is the same for both. Problems: 400: not JSON; 422: a path
/// parameter is missing.
std::optional<problem> fill_from_rpc(const route& row, std::string data, call& c);

} // namespace palabre::http
