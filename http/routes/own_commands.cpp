#include "http/routes/own_commands.hpp"

#include "http/routes/room_commands.hpp"

namespace palabre::http {

boost::asio::awaitable<result<actors::outcome>> ask_own(services& s, call& c, events::user_command command) {
  actors::user_request request;
  request.user = c.user();
  request.command = std::move(command);
  request.origin = origin_of(c, {});
  auto asking = ask(s.commands, std::move(request));
  auto done = co_await std::move(asking);
  if (!done && done.error().code == errc::not_found) co_return error{errc::unauthenticated, "this account is gone"};
  co_return done;
}

} // namespace palabre::http
