#pragma once
// `?at=`: a room as it was, for its members (decisions.md 6 and 17).

#include "http/api.hpp"

#include <optional>
#include <string>
#include <variant>

namespace palabre::http {

struct moment {
  stream_version seq = 0;        ///< of the room: the last that counts
  std::optional<timestamp> time; ///< that was asked for
  projections::past_queries::deleted_words words = projections::past_queries::deleted_words::hidden;
};

/// What `?at=` asks for, a seq or a time; nullopt: it is not there. Requires: call::room.
/// Problems: 403 not_a_member; 429; 422 neither a seq nor a time; 409 position_unknown: a seq that is still to come;
/// 404: the room did not exist then.
std::variant<std::optional<moment>, problem> moment_of(services& s, const call& c);

/// What a look back went through beyond what one is worth counts as further ones: who did it waits before the next.
void charge(const call& c, const projections::past_queries::effort& done);

/// "&at=<seq>" for the links of a page; empty without a moment.
std::string at_parameter(const std::optional<moment>& then);

} // namespace palabre::http
