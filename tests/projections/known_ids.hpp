#pragma once
// Ids with a number in them.

#include "base/ids.hpp"

namespace palabre::projections::testing {

inline user_id person(std::uint8_t n) {
  user_id id;
  id.bytes[0] = 1;
  id.bytes[15] = n;
  return id;
}
inline room_id room_number(std::uint8_t n) {
  room_id id;
  id.bytes[0] = 2;
  id.bytes[15] = n;
  return id;
}
inline message_id message_number(std::uint64_t n) {
  message_id id;
  id.bytes[0] = 3;
  for (int i = 0; i < 8; ++i) id.bytes[15 - i] = static_cast<std::uint8_t>(n >> (8 * i));
  return id;
}

} // namespace palabre::projections::testing
