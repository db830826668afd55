#pragma once
#include "base/assert.hpp"

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace palabre {

/// Strings, one behind the other in memory: where there are a thousand of a few bytes each, such as keys that rows are
/// asked for by. At most 4 GB.
class flat_strings {
public:
  flat_strings() = default;
  flat_strings(std::initializer_list<std::string_view> all) {
    for (const std::string_view each : all) push_back(each);
  }

  void reserve(std::size_t strings, std::size_t bytes_of_each) {
    ends_.reserve(strings);
    bytes_.reserve(strings * bytes_of_each);
  }
  void push_back(std::string_view text) {
    PALABRE_ASSERT(text.size() <= std::numeric_limits<std::uint32_t>::max() - bytes_.size());
    bytes_ += text;
    ends_.push_back(static_cast<std::uint32_t>(bytes_.size()));
  }

  bool empty() const { return ends_.empty(); }
  std::size_t size() const { return ends_.size(); }
  /// Valid until the next push_back().
  std::string_view operator[](std::size_t i) const {
    const std::size_t first = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(bytes_).substr(first, ends_[i] - first);
  }
  bool ascend() const {
    for (std::size_t i = 1; i < size(); ++i)
      if ((*this)[i] < (*this)[i - 1]) return false;
    return true;
  }

private:
  std::string bytes_;
  std::vector<std::uint32_t> ends_;
};

} // namespace palabre
