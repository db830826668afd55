#pragma once
// What is pinned in a room, as rows of the views have it. At most limits::pins_per_room_max: 4.8 KB.

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/position.hpp"
#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace palabre::projections {

struct pin {
  stream_version seq = 0; ///< of the event that pinned it
  message_id message;
  user_id by;
  timestamp at;
  friend bool operator==(const pin&, const pin&) = default;
};

/// In the order in which they were pinned.
std::string encode(const std::vector<pin>& pins);
/// Errors: corrupt.
result<std::vector<pin>> decode_pins(std::string_view stored);

/// Their seqs alone: for every moment at which they changed, the events themselves say the rest.
std::string encode_seqs(const std::vector<pin>& pins);
/// Errors: corrupt.
result<std::vector<stream_version>> decode_pin_seqs(std::string_view stored);

/// Adds the Pin of api.md to a list that is being written: `{"pinned_by","pinned_at","message"}`.
void append_pin(std::string& list, user_id by, timestamp at, std::string_view message_json);

} // namespace palabre::projections
