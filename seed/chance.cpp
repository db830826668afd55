#include "seed/chance.hpp"

#include "base/digest.hpp"

#include <string>

namespace palabre::seed {
namespace {

std::uint64_t seed_for(std::uint64_t seed, std::string_view purpose) {
  const auto digest = sha256(std::to_string(seed) + ' ' + std::string(purpose));
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) number = number << 8 | digest[i];
  return number;
}

} // namespace

chance::chance(std::uint64_t seed, std::string_view purpose) : engine_(seed_for(seed, purpose)) {}

} // namespace palabre::seed
