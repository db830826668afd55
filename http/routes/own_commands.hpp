#pragma once
// Commands to one's own account.

#include "http/api.hpp"
#include "http/ask.hpp"

namespace palabre::http {

/// Requires: call::who. Errors: those of the command and of the gateway; unauthenticated: this account is gone.
boost::asio::awaitable<result<actors::outcome>> ask_own(services& s, call& c, events::user_command command);

} // namespace palabre::http
