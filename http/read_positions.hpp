#pragma once
// How far people have read: advances of read positions on their way to the user actors, at most one event for each
// (user, room) and second (decisions.md 12).

#include "actors/protocol.hpp"
#include "base/limits.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>

namespace palabre::http {

/// Rules: http/read_gathering.hpp. Threads: any; timers run on the io_context of a caller that waits for them.
/// Lifetime: outlives its callers; the actors behind `commands` answer, or end, before the callers' io_contexts do.
class read_positions {
public:
  explicit read_positions(actors::gateway& commands, std::chrono::milliseconds pause = limits::read_advance_pause);
  /// Whoever waits is told errc::abandoned.
  ~read_positions();

  /// Carries `user`'s read position in `room` to `seq` or beyond; answers where in the log that is durable by. A lone
  /// advance goes at once, one right behind another waits for the rest of the second.
  /// Requires: `seq` ≤ the room's last, and higher than what the views say was read.
  /// Errors: those of the gateway; overloaded: limits::read_callers_max wait for this place already; not_yet: no answer
  /// within limits::command_wait_max (it may still be carried out).
  boost::asio::awaitable<result<position>> advance(user_id user, room_id room, stream_version seq,
                                                   std::string correlation);

private:
  struct state;
  std::shared_ptr<state> state_;
};

} // namespace palabre::http
