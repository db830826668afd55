#include "base/core_demand.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace palabre {

core_demand::~core_demand() {
  if (file_ >= 0) close(file_);
}

/// "RAN_NS WAITED_NS TIMES\n".
bool core_demand::read(int schedstat, spent& into) {
  char text[96];
  const ssize_t size = pread(schedstat, text, sizeof text, 0);
  if (size <= 0) return false;
  const char* const end = text + size;
  const auto first = std::from_chars(text, end, into.ran_ns);
  if (first.ec != std::errc{} || first.ptr == end) return false;
  return std::from_chars(first.ptr + 1, end, into.waited_ns).ec == std::errc{};
}

core_demand::shares core_demand::look(time_point now) {
  if (file_ == not_there || now - asked_ < window) return last_;
  if (file_ == not_opened) file_ = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  spent by_now;
  if (file_ < 0 || !read(file_, by_now)) {
    if (file_ >= 0) close(file_);
    file_ = not_there;
    return last_ = {};
  }
  const auto since = std::exchange(asked_, now);
  const spent before = std::exchange(spent_, by_now);
  if (since == time_point{}) return last_;
  const auto passed = std::chrono::duration_cast<std::chrono::nanoseconds>(now - since).count();
  const double waited = static_cast<double>(by_now.waited_ns - before.waited_ns);
  const double wanted = static_cast<double>(by_now.ran_ns - before.ran_ns) + waited;
  last_.wanted = std::clamp(wanted / static_cast<double>(passed), 0.0, 1.0);
  last_.waited = wanted > 0 ? std::clamp(waited / wanted, 0.0, 1.0) : 0;
  return last_;
}

} // namespace palabre
