#include "storage/hot_rows.hpp"

#include <mutex>

namespace palabre::storage {

std::shared_ptr<const std::string> hot_rows::find(std::string_view key) const {
  const std::shared_lock lock(mutex_);
  const auto found = rows_.find(key);
  return found == rows_.end() ? nullptr : found->second;
}

std::uint64_t hot_rows::changes() const {
  const std::shared_lock lock(mutex_);
  return changes_;
}

void hot_rows::keep(std::string_view key, const std::string& row, std::uint64_t changes) {
  auto kept = std::make_shared<const std::string>(row);
  const std::unique_lock lock(mutex_);
  if (changing_ || changes != changes_) return;
  if (rows_.size() >= rows_max_) rows_.clear();
  rows_.insert_or_assign(std::string(key), std::move(kept));
}

void hot_rows::begin_change(std::string_view key) {
  const std::unique_lock lock(mutex_);
  changing_ = true;
  if (const auto found = rows_.find(key); found != rows_.end()) found->second = nullptr;
}

void hot_rows::change(std::string_view key, const std::optional<std::string>& row) {
  const std::unique_lock lock(mutex_);
  ++changes_;
  const auto found = rows_.find(key);
  if (found == rows_.end()) return;
  if (row)
    found->second = std::make_shared<const std::string>(*row);
  else
    rows_.erase(found);
}

void hot_rows::end_changes() {
  const std::unique_lock lock(mutex_);
  changing_ = false;
}

} // namespace palabre::storage
