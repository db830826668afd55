#include "bench/load/invention.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace palabre::bench {
namespace {

constexpr std::array<std::string_view, 24> first_names{
    "Ada",   "Bruno", "Chloé",  "Dario", "Elif", "Farid", "Greta", "Hugo",  "Inès", "Jonas",  "Kaori", "Luca",
    "Maria", "Noor",  "Olivia", "Pavel", "Quim", "Rosa",  "Samir", "Tessa", "Umar", "Violet", "Wim",   "Zoë"};
constexpr std::array<std::string_view, 16> last_names{"Moreau", "Novak",  "Okafor", "Silva", "Jansen", "Rossi",
                                                      "Yilmaz", "Tanaka", "Haddad", "Weber", "Larsen", "Ortiz",
                                                      "Dubois", "Kowal",  "Petit",  "Nguyen"};
constexpr std::array<std::string_view, 8> cities{"Lyon", "Porto", "Gdańsk", "Izmir", "Osaka", "Quito", "Oslo", "Lagos"};
constexpr std::array<std::string_view, 64> words{
    "the",      "we",      "you",   "a",      "to",    "and",   "it",      "is",     "in",       "that",   "for",
    "on",       "with",    "but",   "have",   "not",   "this",  "can",     "just",   "what",     "about",  "think",
    "tomorrow", "meeting", "train", "coffee", "film",  "maybe", "thanks",  "idea",   "question", "answer", "again",
    "today",    "someone", "later", "photo",  "music", "book",  "weekend", "ticket", "kitchen",  "garden", "river",
    "really",   "already", "never", "always", "small", "great", "old",     "new",    "found",    "wrote",  "saw",
    "bring",    "send",    "read",  "wait",   "yes",   "no",    "why",     "where",  "together"};
constexpr std::array<std::string_view, 8> emojis{"👍", "❤️", "😂", "🎉", "😮", "😢", "🚀", "👀"};

} // namespace

void invention::fill(std::uint8_t* out, std::size_t size) {
  for (std::size_t i = 0; i < size; i += 8) {
    std::uint64_t bits = engine_();
    for (std::size_t j = i; j < std::min(size, i + 8); ++j, bits >>= 8) out[j] = static_cast<std::uint8_t>(bits);
  }
}

std::size_t invention::weighted(const std::vector<double>& sums) {
  const double at = std::uniform_real_distribution<double>(0, sums.back())(engine_);
  const auto found = std::ranges::upper_bound(sums, at);
  return std::min(static_cast<std::size_t>(found - sums.begin()), sums.size() - 1);
}

std::string invention::name() {
  return std::string(first_names[below(first_names.size())]) + " " + std::string(last_names[below(last_names.size())]);
}

std::string invention::city() {
  return std::string(cities[below(cities.size())]);
}

std::string invention::sentence(std::size_t bytes) {
  std::string text;
  text.reserve(bytes + 16);
  std::uint64_t bits = 0;
  for (unsigned left = 0; text.size() < bytes; --left, bits >>= 6) { // a draw for each word would cost more than it
    if (left == 0) {
      bits = engine_();
      left = 10;
    }
    if (!text.empty()) text += ' ';
    text += words[bits & 63];
  }
  text.resize(bytes);
  if (!text.empty()) text.back() = '.';
  return text;
}

std::string invention::emoji() {
  return std::string(emojis[below(emojis.size())]);
}

} // namespace palabre::bench
