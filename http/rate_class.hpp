#pragma once
#include <chrono>
#include <cstdint>
#include <string_view>

namespace palabre::http {

/// Which bucket a call draws from.
enum class rate_class : std::uint8_t {
  by_verb,
  unlimited,
  read,
  write,
  look_back,
  register_,
  log_in,
  join,
  typing,
  address
};
std::string_view name_of(rate_class c);

/// What is left to a caller, for the headers RateLimit and RateLimit-Policy.
struct rate_standing {
  rate_class of = rate_class::unlimited; ///< unlimited: nothing to be told
  unsigned burst = 0;                    ///< at once, after a pause
  unsigned left = 0;
  std::chrono::milliseconds full_in{0}; ///< until all of it is back
  std::chrono::milliseconds window{0};  ///< in which a whole burst comes back
};

} // namespace palabre::http
