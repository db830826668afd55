#pragma once
// Two operations that no build has: what one row and one handler bring with them is tested with these.

#include "http/api.hpp"

namespace palabre::http {

/// POST /api/v1/greetings {to, times} → 201 {greeting}; 409 for who is greeted too often. By rpc: "greeting.make".
route make_greeting();
/// GET /api/v1/greetings?to= → 200 {greeting}.
route look_at_greeting();

/// The rows of this build, and one more.
std::vector<route> route_table_and(const route& one_more);

} // namespace palabre::http
