#pragma once
// Text into bytes that room was made for before: for what is put together from many short parts.

#include "base/assert.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace palabre {

constexpr std::size_t rfc3339_bytes = 24;
/// Whether it has that form: from 1970 to 9999.
constexpr bool has_rfc3339(timestamp t) {
  return t.ms >= 0 && t.ms < 253'402'300'800'000;
}
constexpr std::size_t decimal_bytes_max = 20; ///< of 64 bits

// Each answers the place behind what it wrote. Requires: room for it there.

/// uuid_text_bytes.
char* write_text(char* at, const uuid& id);
/// rfc3339_bytes. Requires: has_rfc3339.
char* write_rfc3339(char* at, timestamp t);
/// At most decimal_bytes_max.
char* write_decimal(char* at, std::uint64_t value);

/// Writes one part behind the other.
class text_in_place {
public:
  /// Behind `out`, which is given room for `bytes_max` more; end() cuts off what is left. Lifetime: `out` outlives it,
  /// and is not touched until then.
  text_in_place(std::string& out, std::size_t bytes_max) : out_(out) {
    const std::size_t begin = out.size();
    out.resize(begin + bytes_max);
    at_ = out.data() + begin;
  }
  void end() {
    const auto size = static_cast<std::size_t>(at_ - out_.data());
    PALABRE_ASSERT(size <= out_.size());
    out_.resize(size);
  }

  template <std::size_t Size>
  text_in_place& operator<<(const char (&text)[Size]) {
    std::memcpy(at_, text, Size - 1);
    at_ += Size - 1;
    return *this;
  }
  text_in_place& operator<<(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
    return *this;
  }
  text_in_place& operator<<(const uuid& id) {
    at_ = write_text(at_, id);
    return *this;
  }
  text_in_place& operator<<(timestamp t) {
    at_ = write_rfc3339(at_, t);
    return *this;
  }
  text_in_place& operator<<(std::uint64_t value) {
    at_ = write_decimal(at_, value);
    return *this;
  }

private:
  std::string& out_;
  char* at_;
};

} // namespace palabre
