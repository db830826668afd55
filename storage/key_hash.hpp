#pragma once
// How keys of rows that are kept in memory come apart.

#include <cstdint>
#include <cstring>
#include <string_view>

namespace palabre::storage {

/// Each bit of both reaches every bit of the answer.
inline std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// Ids that share their beginning and numbers that follow one another come apart. Where others choose keys, `seed` is
/// what they do not know.
inline std::uint64_t hash_of_key(std::string_view key, std::uint64_t seed = 0) {
  constexpr std::uint64_t a = 0x9E3779B97F4A7C15, b = 0xBF58476D1CE4E5B9;
  std::uint64_t hash = seed ^ key.size() * a;
  std::size_t at = 0;
  for (; at + 8 <= key.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, key.data() + at, 8);
    hash = mixed(hash ^ word ^ a, b);
  }
  std::uint64_t rest = 0;
  for (; at < key.size(); ++at) rest = rest << 8 | static_cast<unsigned char>(key[at]);
  return mixed(hash ^ rest, a);
}

} // namespace palabre::storage
