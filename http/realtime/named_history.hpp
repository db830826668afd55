#pragma once
// What clients and the server API get to see of the publications of a named channel.

#include "http/realtime/codes.hpp"
#include "http/realtime/named_streams.hpp"
#include "http/realtime/recovery.hpp"

#include <limits>
#include <optional>
#include <string>
#include <variant>

namespace palabre::http::realtime {

constexpr stream_version unbounded_offset = std::numeric_limits<stream_version>::max();

/// What a client that was away gets (realtime-protocol.md 5). Requires: `found` has what comes after the claim, as far
/// as it is kept, up to limits::recovery_publications_max.
recovery recover_named(const stream_look& found, const claimed_position& claim, const tag_filter* wanted);

/// A page of history.
struct history_query {
  std::int64_t limit = 0;                ///< 0: the position only; below: all that there is
  std::optional<claimed_position> since; ///< exclusive
  bool reverse = false;
};
struct history_bounds {
  std::size_t publications, bytes;
};

/// `{"publications":[…],"epoch":…,"offset":N}`, ending early at a bound. Errors: unrecoverable_position: `since` is not
/// of this stream, or what follows it is not kept any more.
std::variant<std::string, command_error> history_of(named_streams& streams, const channel_id& channel,
                                                    const history_query& query, const history_bounds& most);

} // namespace palabre::http::realtime
