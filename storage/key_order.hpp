#pragma once
#include <boost/endian/conversion.hpp>
#include <boost/sort/pdqsort/pdqsort.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace palabre::storage {

/// The beginning of a key as numbers that compare as its bytes do.
using key_beginning = std::array<std::uint64_t, 5>;

inline key_beginning beginning_of(std::string_view key) {
  unsigned char bytes[sizeof(key_beginning)] = {};
  std::memcpy(bytes, key.data(), std::min(key.size(), sizeof bytes));
  key_beginning words;
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = boost::endian::load_big_u64(bytes + 8 * i);
  return words;
}

/// Sorts by key; of equal keys those that stood first stay first. The beginnings lie side by side while they are
/// compared: the keys themselves are all over the memory.
/// Memory: 48 bytes an item more, while it sorts.
template <class Item, class KeyOf>
void sort_by_key(std::vector<Item>& items, KeyOf key_of) {
  struct place {
    key_beginning begins;
    Item of;
    std::size_t was;
  };
  if (items.size() < 2) return;
  std::vector<place> places;
  places.reserve(items.size());
  for (const Item& each : items) places.push_back({beginning_of(key_of(each)), each, places.size()});
  boost::sort::pdqsort(places.begin(), places.end(), [&](const place& a, const place& b) {
    for (std::size_t i = 0; i < a.begins.size(); ++i)
      if (a.begins[i] != b.begins[i]) return a.begins[i] < b.begins[i];
    const int by_key = key_of(a.of).compare(key_of(b.of));
    return by_key != 0 ? by_key < 0 : a.was < b.was;
  });
  std::transform(places.begin(), places.end(), items.begin(), [](const place& p) { return p.of; });
}

} // namespace palabre::storage
