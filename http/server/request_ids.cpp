#include "http/server/request_ids.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"

#include <algorithm>
#include <cstring>

namespace palabre::http {

bool is_sane_request_id(std::string_view id) {
  return !id.empty() && id.size() <= limits::request_id_bytes_max &&
         std::ranges::all_of(id, [](char c) { return c > ' ' && c < 0x7f; });
}

void request_ids::pool::fill(std::uint8_t* out, std::size_t size) {
  PALABRE_ASSERT(size <= bytes_.size());
  if (bytes_.size() - used_ < size) {
    source_.fill(bytes_.data(), bytes_.size());
    used_ = 0;
  }
  std::memcpy(out, bytes_.data() + used_, size);
  used_ += size;
}

} // namespace palabre::http
