#pragma once
// A room's messages, read page by page.

#include "http_client.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace palabre::testing {

struct stored_message {
  std::string id, body; ///< body empty: deleted
  std::uint64_t seq = 0;
};

/// All with a seq above `after`, in the order of the pages. Throws std::runtime_error for an answer that is not a page.
std::vector<stored_message> messages_after(http_client& client, const std::string& token, const std::string& room,
                                           std::uint64_t after);

} // namespace palabre::testing
