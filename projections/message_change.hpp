#pragma once
// One change of a message behind its posting, as the index of the past has it: all that is needed but words.

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/position.hpp"
#include "base/result.hpp"

#include <string>
#include <string_view>

namespace palabre::projections {

struct message_change {
  enum class kind : std::uint8_t { edited, deleted, reacted, unreacted, answered, answer_deleted };

  stream_version seq = 0; ///< of the event
  kind what = kind::edited;
  timestamp time;
  user_id by;
  std::string emoji; ///< of reactions
};

/// Without `seq`, which stands in the key.
std::string encode(const message_change& change);
/// Errors: corrupt.
result<message_change> decode_message_change(stream_version seq, std::string_view stored);

} // namespace palabre::projections
