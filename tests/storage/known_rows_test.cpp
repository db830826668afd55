#include "storage/known_rows.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace palabre::storage {
namespace {

TEST(KnownRows, KnowWhatAMapKnows) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  known_rows rows;
  for (int round = 0; round < 20; ++round) {
    std::map<std::string, std::optional<std::string>> model;
    std::map<std::string, known_rows::entry*> places;
    std::set<std::string> changed;
    const std::size_t many = 1 + random() % 3'000; // after a large round, a small one
    for (std::size_t i = 0; i < many; ++i) {
      std::string key(random() % 60, 'k'); // ids alike in front, of any length
      for (std::size_t at = 0; at < key.size() && at < 2; ++at) key[key.size() - 1 - at] = static_cast<char>(random());
      auto* found = rows.find(key);
      ASSERT_EQ(found != nullptr, model.contains(key));
      if (found == nullptr) {
        std::optional<std::string> row;
        if (random() % 2 == 0) row = std::to_string(random());
        found = &rows.add(key, row);
        model[key] = row;
        places[key] = found;
      }
      ASSERT_EQ(found, places[key]) << "entries do not move";
      ASSERT_EQ(found->row, model[key]);
      if (random() % 3 == 0) {
        if (!found->changed) rows.note_change(*found);
        changed.insert(key);
        found->row = model[key] = std::to_string(i);
      }
    }
    std::vector<std::string> in_order;
    for (const auto* each : rows.changed_in_order()) in_order.emplace_back(each->key());
    EXPECT_EQ(in_order, std::vector<std::string>(changed.begin(), changed.end()));
    for (const auto& [key, row] : model) {
      ASSERT_NE(rows.find(key), nullptr);
      EXPECT_EQ(rows.find(key)->changed, changed.contains(key));
      EXPECT_EQ(rows.find(key)->row, row);
    }
    rows.forget_all();
    EXPECT_EQ(rows.bytes(), 0u);
    EXPECT_TRUE(rows.changed_in_order().empty());
    for (const auto& [key, row] : model) EXPECT_EQ(rows.find(key), nullptr);
  }
}

} // namespace
} // namespace palabre::storage
