#pragma once
#include <cstddef>
#include <cstdint>

namespace palabre::bench {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::size_t handshakes_at_once = 128;      ///< a server's backlog holds them
constexpr std::int64_t connect_ns = 300 * second_ns; ///< at most, until all connections of a load are open
constexpr double lag_max_ms = 5;                     ///< of an open loop: beyond, its times are the generator's

} // namespace palabre::bench
