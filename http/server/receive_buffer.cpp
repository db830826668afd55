#include "http/server/receive_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace palabre::http {

std::span<char> receive_buffer::space(std::size_t wanted) {
  const auto kept = unread();
  if (kept.empty()) begin_ = end_ = 0;
  if (capacity_ - end_ < wanted) {
    const auto needed = std::max(small, kept.size() + wanted);
    if (needed > capacity_) {
      auto larger = std::make_unique_for_overwrite<char[]>(needed);
      if (!kept.empty()) std::memcpy(larger.get(), kept.data(), kept.size());
      bytes_ = std::move(larger);
      capacity_ = needed;
    } else {
      std::memmove(bytes_.get(), kept.data(), kept.size());
    }
    end_ = kept.size();
    begin_ = 0;
  }
  return {bytes_.get() + end_, capacity_ - end_};
}

void receive_buffer::shrink() {
  if (capacity_ <= small || begin_ != end_) return;
  bytes_.reset();
  capacity_ = begin_ = end_ = 0;
}

} // namespace palabre::http
