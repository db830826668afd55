#include "base/core_demand.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace palabre {
namespace {

/// "RAN_NS WAITED_NS TIMES\n": how long it was on a core, and how long it could have been.
std::optional<long long> wanted_ns(int schedstat) {
  char text[96];
  const ssize_t size = pread(schedstat, text, sizeof text, 0);
  if (size <= 0) return std::nullopt;
  const char* const end = text + size;
  long long ran = 0, waited = 0;
  const auto first = std::from_chars(text, end, ran);
  if (first.ec != std::errc{} || first.ptr == end) return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, waited);
  if (second.ec != std::errc{}) return std::nullopt;
  return ran + waited;
}

} // namespace

core_demand::~core_demand() {
  if (file_ >= 0) close(file_);
}

double core_demand::share(time_point now) {
  if (file_ == not_there || now - asked_ < window) return share_;
  if (file_ == not_opened && (file_ = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)) < 0) {
    file_ = not_there;
    return share_;
  }
  const auto wanted = wanted_ns(file_);
  const bool is_first = asked_ == time_point{};
  const auto passed = std::chrono::duration_cast<std::chrono::nanoseconds>(now - std::exchange(asked_, now)).count();
  if (!wanted) return share_ = 0;
  const long long more = *wanted - std::exchange(wanted_ns_, *wanted);
  if (!is_first) share_ = std::clamp(static_cast<double>(more) / static_cast<double>(passed), 0.0, 1.0);
  return share_;
}

} // namespace palabre
