#pragma once
// Two sets of rows compared without keeping or sorting either: what the records say the indexes hold, and what they
// hold.

#include "base/ids.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace palabre::storage {

/// What is random about a comparison: drawn anew for each, so that nobody can prepare rows that deceive it.
struct row_set_key {
  static constexpr std::size_t lanes = 2;
  static constexpr std::size_t words_max = 8;
  std::array<std::array<std::uint64_t, words_max>, lanes> factors{};
  std::array<std::uint64_t, lanes> points{};

  explicit row_set_key(randomness& random);
};

/// A fingerprint of a set of rows of at most 49 bytes, whatever the order in which they are added.
///
/// Each row becomes a number by a random linear map modulo the prime 2^61-1, and the set the product of (point -
/// number) over its rows: two different sets of n rows have the same product with a chance of at most about n / 2^61,
/// in both lanes with the square of that: 10^-16 for a thousand million rows. Threads: one; sets of several are merged.
class row_set {
public:
  explicit row_set(const row_set_key& key) : key_(&key) { products_.fill(1); }

  /// Requires: key and row together at most 49 bytes.
  void add(std::string_view key, std::string_view row);
  void merge(const row_set& other);
  void clear();

  std::uint64_t size() const { return size_; }
  friend bool operator==(const row_set& a, const row_set& b) {
    return a.size_ == b.size_ && a.products_ == b.products_;
  }

private:
  const row_set_key* key_;
  std::array<std::uint64_t, row_set_key::lanes> products_;
  std::uint64_t size_ = 0;
};

} // namespace palabre::storage
