#pragma once
#include "base/ids.hpp"

#include <array>
#include <cstring>
#include <random>

namespace palabre::http {

/// Of all bytes of a key, differently in each process: who chooses keys (by addresses, by logins) cannot choose where
/// they fall.
struct seeded_hash {
  std::size_t operator()(const uuid& key) const noexcept {
    static const std::array<std::uint64_t, 2> seed = [] {
      std::random_device device;
      const auto draw = [&device] { return static_cast<std::uint64_t>(device()) << 32 | device(); };
      return std::array<std::uint64_t, 2>{draw(), draw() | 1};
    }();
    std::uint64_t a = 0, b = 0;
    std::memcpy(&a, key.bytes.data(), 8);
    std::memcpy(&b, key.bytes.data() + 8, 8);
    return mixed(mixed(a ^ seed[0], seed[1]) ^ b, seed[1] ^ 0x9e3779b97f4a7c15);
  }

private:
  static std::size_t mixed(std::uint64_t a, std::uint64_t b) noexcept {
    __extension__ using wide = unsigned __int128;
    const wide product = static_cast<wide>(a ^ 0x2d358dccaa6c78a5) * (b | 1);
    return static_cast<std::size_t>(product) ^ static_cast<std::size_t>(product >> 64);
  }
};

} // namespace palabre::http
