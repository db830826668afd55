#pragma once
#include "bench/load/endpoint.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace palabre::bench {

/// A room of palabre's with messages in it, and someone who may read them.
struct filled_room {
  std::string id, token;
  std::uint64_t first_seq = 0, last_seq = 0; ///< of its messages; nothing else is between them
};

/// Makes an account and a room and posts to it over many WebSockets, one post in flight on each. Blocks. Throws
/// std::runtime_error with the server's answer if one is refused, or if the posts do not come to an end. `tell`: about
/// once a second, how many were accepted so far.
filled_room fill_room(const endpoint& at, std::size_t messages, std::size_t body_bytes,
                      const std::function<void(std::size_t)>& tell = {});

} // namespace palabre::bench
