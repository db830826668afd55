#include "storage/hot_rows.hpp"

#include "base/assert.hpp"
#include "base/ids.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>

namespace palabre::storage {
namespace {

/// Whoever asks for what is not there chooses the key that is kept for that.
std::uint64_t drawn_seed() {
  std::uint8_t bytes[sizeof(std::uint64_t)];
  system_randomness().fill(bytes, sizeof bytes);
  std::uint64_t seed;
  std::memcpy(&seed, bytes, sizeof seed);
  return seed;
}

} // namespace

hot_rows::hot_rows(std::size_t rows_max) : rows_max_(rows_max), rows_(0, key_hash{drawn_seed()}) {}

hot_rows::kept_key hot_rows::key_in_place(std::string_view key) {
  PALABRE_ASSERT(key.size() <= key_bytes_max);
  return kept_key(key.data(), key.size());
}

std::shared_ptr<const hot_rows::maybe_row> hot_rows::find(std::string_view key) const {
  const std::shared_lock lock(mutex_);
  const auto found = rows_.find(key);
  return found == rows_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<const hot_rows::maybe_row>> hot_rows::find(const flat_strings& keys) const {
  std::vector<std::shared_ptr<const maybe_row>> kept(keys.size());
  const std::shared_lock lock(mutex_);
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (const auto found = rows_.find(keys[i]); found != rows_.end()) kept[i] = found->second;
  return kept;
}

void hot_rows::look_at(const flat_strings& keys, const std::function<void(std::size_t, const maybe_row*)>& look) const {
  constexpr std::size_t places_at_once = 64; // about 10 us
  std::array<const maybe_row*, places_at_once> kept;
  for (std::size_t first = 0; first < keys.size(); first += places_at_once) {
    const std::size_t count = std::min(keys.size() - first, places_at_once);
    const std::shared_lock lock(mutex_);
    for (std::size_t i = 0; i < count; ++i) { // the places in memory of all are on their way before one is read
      const auto found = rows_.find(keys[first + i]);
      kept[i] = found == rows_.end() ? nullptr : found->second.get();
      __builtin_prefetch(kept[i]);
    }
    for (std::size_t i = 0; i < count; ++i)
      if (kept[i] != nullptr && *kept[i]) __builtin_prefetch((*kept[i])->data());
    for (std::size_t i = 0; i < count; ++i) look(first + i, kept[i]);
  }
}

std::uint64_t hot_rows::changes() const {
  const std::shared_lock lock(mutex_);
  return changes_;
}

void hot_rows::keep(std::string_view key, const maybe_row& row, std::uint64_t changes) {
  auto kept = std::make_shared<const maybe_row>(row);
  row_map old(0, rows_.hash_function()); // ends without the lock
  const std::unique_lock lock(mutex_);
  if (changing_ || changes != changes_) return;
  if (const auto found = rows_.find(key); found != rows_.end()) {
    found->second = std::move(kept);
    return;
  }
  if (rows_.size() >= rows_max_) {
    if (!row) return;
    rows_.swap(old);
  }
  rows_.emplace(key_in_place(key), std::move(kept));
}

void hot_rows::keep(const flat_strings& keys, const std::vector<maybe_row>& rows, std::uint64_t changes) {
  std::vector<kept_row> kept;
  kept.reserve(rows.size());
  for (const maybe_row& row : rows) kept.push_back(std::make_shared<const maybe_row>(row));
  const std::unique_lock lock(mutex_);
  if (changing_ || changes != changes_) return;
  for (std::size_t i = 0; i < keys.size() && rows_.size() < rows_max_; ++i)
    rows_.insert_or_assign(key_in_place(keys[i]), std::move(kept[i]));
}

bool hot_rows::is_as_of(std::uint64_t changes) const {
  const std::shared_lock lock(mutex_);
  return !changing_ && changes == changes_;
}

void hot_rows::begin_changes() {
  const std::unique_lock lock(mutex_);
  changing_ = true;
}

void hot_rows::begin_change(std::string_view key) {
  const std::unique_lock lock(mutex_);
  if (const auto found = rows_.find(key); found != rows_.end()) found->second = nullptr;
}

void hot_rows::begin_change_if_absent(std::string_view key) {
  const std::unique_lock lock(mutex_);
  if (const auto found = rows_.find(key); found != rows_.end() && found->second && !*found->second)
    found->second = nullptr;
}

void hot_rows::change(std::string_view key, const maybe_row& row) {
  const std::unique_lock lock(mutex_);
  ++changes_;
  if (const auto found = rows_.find(key); found != rows_.end()) found->second = std::make_shared<const maybe_row>(row);
}

void hot_rows::end_changes() {
  const std::unique_lock lock(mutex_);
  changing_ = false;
}

} // namespace palabre::storage
