#include "storage/row_set.hpp"

#include "base/assert.hpp"

#include <cstring>

namespace palabre::storage {
namespace {

__extension__ using wide = unsigned __int128;

constexpr std::uint64_t prime = (std::uint64_t{1} << 61) - 1;
constexpr std::size_t word_bytes = 7; // below the prime, so that different words are different numbers
constexpr std::size_t bytes_max = word_bytes * (row_set_key::words_max - 1);

std::uint64_t modulo(wide number) {
  std::uint64_t folded = static_cast<std::uint64_t>(number & prime) + static_cast<std::uint64_t>(number >> 61);
  folded = (folded & prime) + (folded >> 61);
  return folded >= prime ? folded - prime : folded;
}

std::uint64_t times(std::uint64_t a, std::uint64_t b) {
  return modulo(static_cast<wide>(a) * b);
}

std::uint64_t below_prime(randomness& random) {
  for (;;) {
    std::uint64_t number = 0;
    random.fill(reinterpret_cast<std::uint8_t*>(&number), sizeof number);
    number >>= 3;
    if (number < prime) return number;
  }
}

} // namespace

row_set_key::row_set_key(randomness& random) {
  for (auto& lane : factors)
    for (std::uint64_t& factor : lane) factor = below_prime(random);
  for (std::uint64_t& point : points) point = below_prime(random);
}

void row_set::add(std::string_view key, std::string_view row) {
  const std::size_t size = key.size() + row.size();
  PALABRE_ASSERT(size <= bytes_max);
  char bytes[bytes_max + 1] = {}; // a byte more: words are read eight bytes at a time
  std::memcpy(bytes, key.data(), key.size());
  std::memcpy(bytes + key.size(), row.data(), row.size());
  std::array<std::uint64_t, row_set_key::words_max> words{key.size() << 8 | row.size()};
  for (std::size_t i = 0; i * word_bytes < size; ++i) {
    std::memcpy(&words[i + 1], bytes + i * word_bytes, sizeof(std::uint64_t));
    words[i + 1] &= (std::uint64_t{1} << 56) - 1;
  }
  for (std::size_t lane = 0; lane < row_set_key::lanes; ++lane) {
    wide sum = 0; // of at most 8 products below 2^117
    for (std::size_t i = 0; i < row_set_key::words_max; ++i)
      sum += static_cast<wide>(key_->factors[lane][i]) * words[i];
    products_[lane] = times(products_[lane], modulo(wide{key_->points[lane]} + prime - modulo(sum)));
  }
  ++size_;
}

void row_set::merge(const row_set& other) {
  for (std::size_t lane = 0; lane < row_set_key::lanes; ++lane)
    products_[lane] = times(products_[lane], other.products_[lane]);
  size_ += other.size_;
}

void row_set::clear() {
  products_.fill(1);
  size_ = 0;
}

} // namespace palabre::storage
