#include "storage/key_index.hpp"

#include <algorithm>

namespace palabre::storage {
namespace {

constexpr std::uint32_t no_slot = UINT32_MAX;

template <class Map>
std::optional<std::uint32_t> find(const Map& map, user_id user) {
  const auto found = map.find(user);
  return found == map.end() ? std::nullopt : std::optional<std::uint32_t>{found->second};
}

} // namespace

void key_index::take_keys(const std::vector<ring_entry>& entries) {
  slots_.clear();
  keys_.clear();
  for (std::size_t slot = 0; slot < entries.size(); ++slot) add_key(entries[slot].key_id, entries[slot].user, slot);
}

void key_index::take_erased(std::vector<erased_user> list) {
  erased_.clear();
  erased_keys_.clear();
  erased_ids_.clear();
  for (const erased_user& each : list) add_erased(each);
}

void key_index::begin_at(std::uint32_t key_id) {
  next_id_ = std::max(next_id_, key_id);
}

void key_index::add_key(std::uint32_t key_id, user_id user, std::size_t slot) {
  if (key_id >= slots_.size()) slots_.resize(key_id + std::size_t{1}, no_slot);
  slots_[key_id] = static_cast<std::uint32_t>(slot);
  keys_[user] = key_id;
  begin_at(key_id + 1);
}

void key_index::add_erased(const erased_user& entry) {
  erased_.push_back(entry);
  erased_keys_[entry.user] = entry.key_id;
  erased_ids_.insert(entry.key_id);
  begin_at(entry.key_id + 1);
}

std::optional<std::uint32_t> key_index::key_of(user_id user) const {
  return find(keys_, user);
}

std::optional<std::size_t> key_index::slot_of(std::uint32_t key_id) const {
  if (key_id >= slots_.size() || slots_[key_id] == no_slot) return std::nullopt;
  return slots_[key_id];
}

std::optional<std::uint32_t> key_index::erased_key_of(user_id user) const {
  return find(erased_keys_, user);
}

} // namespace palabre::storage
