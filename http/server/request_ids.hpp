#pragma once
// Names for requests that bring none.

#include "base/ids.hpp"

#include <array>
#include <string>
#include <string_view>

namespace palabre::http {

/// 1 to 128 bytes of visible ASCII.
bool is_sane_request_id(std::string_view id);

/// Makes UUIDv7s from randomness fetched in advance: the generator is asked once for many. Threads: one.
class request_ids {
public:
  explicit request_ids(randomness& source) : pool_(source) {}
  std::string next(timestamp now) { return to_text(pool_.next_id(now)); }

private:
  class pool final : public randomness {
  public:
    explicit pool(randomness& source) : source_(source) {}
    void fill(std::uint8_t* out, std::size_t size) override;

  private:
    randomness& source_;
    std::array<std::uint8_t, 1024> bytes_{};
    std::size_t used_ = sizeof(bytes_);
  };
  pool pool_;
};

} // namespace palabre::http
