#include "storage/added_rows.hpp"

#include "base/assert.hpp"
#include "storage/key_order.hpp"

#include <algorithm>
#include <limits>

namespace palabre::storage {

void added_rows::add(std::string_view key, std::string_view row) {
  PALABRE_ASSERT(std::max(key.size(), row.size()) <= std::numeric_limits<std::uint32_t>::max());
  places_.push_back({bytes_.size(), static_cast<std::uint32_t>(key.size()), static_cast<std::uint32_t>(row.size())});
  bytes_ += key;
  bytes_ += row;
}

const std::vector<added_rows::place>& added_rows::in_order() {
  sort_by_key(places_, [this](const place& p) { return key_at(p); });
  return places_;
}

void added_rows::forget_all() {
  bytes_.clear();
  places_.clear();
}

} // namespace palabre::storage
