#pragma once
// The only place where Asio meets CAF, and where a coroutine waits for the views. Every ask ends exactly once: answer,
// refusal, deadline, or abandoned; the coroutine resumes on its own executor.

#include "actors/protocol.hpp"
#include "projections/projector.hpp"

#include <boost/asio/awaitable.hpp>

namespace palabre::http {

/// Errors: those of the gateway; not_yet: no answer within limits::command_wait_max (the command may still be carried
/// out).
boost::asio::awaitable<result<actors::outcome>> ask(actors::gateway& gateway, actors::room_request request);
boost::asio::awaitable<result<actors::outcome>> ask(actors::gateway& gateway, actors::user_request request);

/// Waits until the views have reached `at`: one atomic load when they have.
/// Errors: not_yet: not within limits::view_wait_max; unavailable.
boost::asio::awaitable<result<void>> wait_for_views(projections::projector& views, position at);

} // namespace palabre::http
