#pragma once
// Commands to rooms, with the facts that their decision needs (decisions.md 1).

#include "http/api.hpp"
#include "http/ask.hpp"

#include <optional>
#include <string>
#include <vector>

namespace palabre::http {

/// The accounts that each @ of a text may mean, the likeliest first.
using named_accounts = std::vector<std::vector<user_id>>;

/// What has to be looked up for a command, besides the standing of who asks.
struct fact_request {
  std::optional<message_id> message; ///< that it is about, or replies to
  std::string emoji;                 ///< not empty: who reacted with it, and which kinds there are
  bool author_standing = false;      ///< of the message's author
  std::optional<user_id> person;     ///< whom it is about: their standing, and what is held against them
  bool for_joining = false;          ///< in how many rooms who acts is, and what this one holds against them
  bool last_post = false;            ///< of who acts, where slow mode is on
  bool reports = false;              ///< who reported the message
  named_accounts mentioned;          ///< that a text names
};

inline problem no_such_message() {
  return problem_of({errc::not_found, {}});
}

/// Waits until the views have everything that is durable now. One atomic load when they have.
/// Errors: not_yet, unavailable.
boost::asio::awaitable<result<void>> wait_for_head(services& s);

/// Reads `c.room` and `c.standing` anew, from views that have reached the log's head.
/// Errors: not_found; those of wait_for_head; io, corrupt.
boost::asio::awaitable<result<void>> read_room_anew(services& s, call& c, room_id room);

/// Who asks, and under which keys it is known.
actors::command_origin origin_of(const call& c, std::vector<storage::idempotency> keys);

/// One try: looks up, and asks the room of `c.room` to decide. A message that the views do not have
/// is waited for.
/// Requires: call::who and call::room; call::standing, if any, read after call::room.
/// Errors: those of the command and of the gateway, stale_facts among them; io, corrupt.
boost::asio::awaitable<result<actors::outcome>> ask_room_once(services& s, call& c, events::room_command command,
                                                              fact_request what,
                                                              std::vector<storage::idempotency> keys);

/// The same, looking everything up again when the facts were stale: three times, then the error is what remains.
boost::asio::awaitable<result<actors::outcome>> ask_room(services& s, call& c, events::room_command command,
                                                         fact_request what, std::vector<storage::idempotency> keys);

} // namespace palabre::http
