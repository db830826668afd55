#pragma once
// People whose logins stand in texts behind an `@`.

#include "events/mentions.hpp"
#include "http/routes/room_commands.hpp"

namespace palabre::http {

/// The accounts that a text names; `mentions` as possible_mentions() found them in it. For logins that the views do not
/// have they are waited for, as far as they come in time. Errors: limit_exceeded: logins_per_message; io, corrupt.
boost::asio::awaitable<result<named_accounts>> find_named(services& s, std::vector<events::possible_mention> mentions);

} // namespace palabre::http
