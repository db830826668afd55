#pragma once
#include "bench/measuring/result.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace palabre::bench {

/// What one subscriber has got of a stream whose events are numbered without a gap: each must come once and in order.
class offset_account {
public:
  /// Everything behind `start` is owed.
  explicit offset_account(std::uint64_t start = 0) : start_(start), last_(start) {}

  void got(std::uint64_t offset, integrity& counts) {
    ++counts.delivered;
    if (offset == last_ + 1)
      last_ = offset;
    else if (offset > last_) {
      while (++last_ < offset) missing_.push_back(last_);
    } else if (std::erase(missing_, offset))
      ++counts.reordered;
    else
      ++counts.duplicated;
  }
  std::uint64_t last() const { return last_; }
  /// Ends the account: the stream goes up to `top`.
  void close(std::uint64_t top, integrity& counts) const {
    const std::uint64_t end = std::max(top, last_);
    counts.expected += end - start_;
    counts.lost += missing_.size() + (end - last_);
  }

private:
  std::uint64_t start_, last_;
  std::vector<std::uint64_t> missing_; ///< skipped so far
};

} // namespace palabre::bench
