#include "storage/known_rows.hpp"

#include "storage/key_hash.hpp"
#include "storage/key_order.hpp"

#include <algorithm>

namespace palabre::storage {
namespace {

static_assert(sizeof(known_rows::entry) == 128);

/// Of an entry beside its row and a long key: itself, its slot, and what an allocator adds.
constexpr std::size_t known_entry_bytes = sizeof(known_rows::entry) + 40;

std::uint32_t tag_of(std::uint64_t hash) {
  return static_cast<std::uint32_t>(hash >> 32);
}

} // namespace

void known_rows::entry::set_key(std::string_view key) {
  key_size_ = static_cast<std::uint32_t>(key.size());
  if (key.size() > inline_key_max) long_key_ = std::make_unique_for_overwrite<char[]>(key.size());
  std::copy(key.begin(), key.end(), key.size() > inline_key_max ? long_key_.get() : inline_key_);
}

known_rows::entry* known_rows::find(std::string_view key) {
  if (count_ == 0) return nullptr;
  const std::uint64_t hash = hash_of_key(key); // without a seed: nobody chooses keys of rows that are written
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask; slots_[at].number != 0; at = (at + 1) & mask) {
    if (slots_[at].tag != tag_of(hash)) continue;
    entry& found = numbered(slots_[at].number - 1);
    if (found.key() == key) return &found;
  }
  return nullptr;
}

known_rows::entry& known_rows::add(std::string_view key, std::optional<std::string> row) {
  if ((count_ + 1) * 3 > slots_.size() * 2) grow();
  if (count_ == blocks_.size() * entries_per_block) blocks_.push_back(std::make_unique<entry[]>(entries_per_block));
  entry& added = numbered(count_);
  added.set_key(key);
  bytes_ += known_entry_bytes + (key.size() > entry::inline_key_max ? key.size() : 0) + (row ? row->size() : 0);
  added.row = std::move(row);
  added.changed = false;
  added.hash_ = hash_of_key(key);
  put_into_slot(count_++);
  return added;
}

void known_rows::put_into_slot(std::size_t number) {
  entry& of = numbered(number);
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = of.hash_ & mask;
  while (slots_[at].number != 0) at = (at + 1) & mask;
  slots_[at] = {tag_of(of.hash_), static_cast<std::uint32_t>(number + 1)};
  of.slot_ = at;
}

void known_rows::grow() {
  slots_.assign(std::max<std::size_t>(64, slots_.size() * 2), slot{});
  for (std::size_t number = 0; number < count_; ++number) put_into_slot(number);
}

const std::vector<known_rows::entry*>& known_rows::changed_in_order() {
  sort_by_key(changed_, [](const entry* each) { return each->key(); });
  return changed_;
}

/// As dear as what was known, not as what ever was.
void known_rows::forget_all() {
  for (std::size_t number = 0; number < count_; ++number) {
    slots_[numbered(number).slot_] = {};
    numbered(number).row.reset();
  }
  changed_.clear();
  count_ = bytes_ = 0;
}

} // namespace palabre::storage
