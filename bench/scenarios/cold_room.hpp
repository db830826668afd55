#pragma once
#include "bench/scenarios/options.hpp"

namespace palabre::bench {

struct cold_room {
  std::uint64_t messages = 1'000'000; ///< of the room that nobody has used since the server was started
  std::size_t body_bytes = 128;
};

/// `wake`: how long does the first post into a large room take that nobody has used since the server was started, and
/// what does the server's memory grow by? Beside the same for a room of a few messages; all from outside, each post on
/// a connection of its own, and behind one to a third room, so that it is not the process that is cold. Then the views
/// are lost, and with them what the room wakes from: once it has to read all of its history, and never again.
result measure_wake(const options& how, const cold_room& what, const tell_progress& tell);

} // namespace palabre::bench
