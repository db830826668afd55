#pragma once
#include <compare>
#include <cstdint>

namespace palabre {

/// Place of a record in the whole log: 1, 2, 3, … without gaps; 0 = before the first.
struct position {
  std::uint64_t value = 0;

  friend auto operator<=>(position, position) = default;
  position next() const { return {value + 1}; }
};

/// Place of a record in its stream, likewise from 1. For a room it is the client's `seq` and realtime `offset`.
using stream_version = std::uint64_t;

} // namespace palabre
