#include "http/server/request_id.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace palabre::http {

bool is_sane_request_id(std::string_view id) {
  return !id.empty() && id.size() <= limits::request_id_bytes_max &&
         std::ranges::all_of(id, [](char c) { return c > ' ' && c < 0x7f; });
}

} // namespace palabre::http
