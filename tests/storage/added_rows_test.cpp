#include "storage/added_rows.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace palabre::storage {
namespace {

TEST(AddedRows, ComeInTheOrderOfTheirKeysAndAsTheyWereAdded) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  added_rows rows;
  for (int round = 0; round < 20; ++round) {
    std::multimap<std::string, std::string> model; // keeps what came first in front
    const std::size_t many = random() % 3'000;
    for (std::size_t i = 0; i < many; ++i) {
      std::string key(random() % 60, 'k'); // alike in front, of any length
      for (std::size_t at = 0; at < key.size() && at < 3; ++at) key[key.size() - 1 - at] = static_cast<char>(random());
      const std::string row(random() % 5, static_cast<char>(random()));
      model.emplace(key, row);
      rows.add(key, row);
    }
    EXPECT_EQ(rows.empty(), model.empty());
    std::vector<std::pair<std::string, std::string>> seen;
    for (const auto& place : rows.in_order()) seen.emplace_back(rows.key_at(place), rows.row_at(place));
    EXPECT_EQ(seen, (std::vector<std::pair<std::string, std::string>>(model.begin(), model.end())));
    rows.forget_all();
    EXPECT_TRUE(rows.empty());
    EXPECT_EQ(rows.bytes(), 0u);
  }
}

} // namespace
} // namespace palabre::storage
