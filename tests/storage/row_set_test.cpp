#include "storage/row_set.hpp"

#include "log_fixture.hpp"

#include <algorithm>

namespace palabre::storage {
namespace {

using rows = std::vector<std::pair<std::string, std::string>>;

rows some_rows(std::size_t count) {
  rows made;
  for (std::size_t i = 0; i < count; ++i)
    made.emplace_back("stream of the row " + std::to_string(1'000'000 + i), std::to_string(2'000'000 + i));
  return made;
}

row_set set_of(const row_set_key& key, const rows& of) {
  row_set set(key);
  for (const auto& [k, row] : of) set.add(k, row);
  return set;
}

class RowSet : public ::testing::Test {
protected:
  seeded_randomness random_{7};
  const row_set_key key_{random_};
};

TEST_F(RowSet, IsTheSameInEveryOrderAndInParts) {
  rows all = some_rows(1'000);
  const row_set whole = set_of(key_, all);
  std::reverse(all.begin(), all.end());
  EXPECT_EQ(set_of(key_, all), whole);
  row_set merged = set_of(key_, {all.begin(), all.begin() + 300});
  merged.merge(set_of(key_, {all.begin() + 300, all.end()}));
  EXPECT_EQ(merged, whole);
  EXPECT_EQ(merged.size(), 1'000u);
  merged.clear();
  EXPECT_EQ(merged, row_set(key_));
}

TEST_F(RowSet, IsAnotherForEveryChange) {
  const rows all = some_rows(100);
  const row_set whole = set_of(key_, all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    rows changed = all;
    changed[i].second[6] = static_cast<char>(changed[i].second[6] ^ 1);
    EXPECT_FALSE(set_of(key_, changed) == whole) << "a bit of row " << i;
    rows swapped = all;
    std::swap(swapped[i].second, swapped[(i + 1) % all.size()].second);
    EXPECT_FALSE(set_of(key_, swapped) == whole) << "rows exchanged at " << i;
    rows twice = all;
    twice[i] = twice[(i + 1) % all.size()];
    EXPECT_FALSE(set_of(key_, twice) == whole) << "one row twice, another gone, at " << i;
  }
}

TEST_F(RowSet, TellsWhereTheKeyEnds) {
  EXPECT_FALSE(set_of(key_, {{"ab", "c"}}) == set_of(key_, {{"a", "bc"}}));
  EXPECT_FALSE(set_of(key_, {{"a", std::string("\0", 1)}}) == set_of(key_, {{"a", ""}}));
}

TEST_F(RowSet, TakesTheLongestRowsAndAllTheirBytesCount) {
  for (std::size_t i = 0; i < 49; ++i) {
    std::string row(49, '\xFF');
    row[i] = '\xFE';
    EXPECT_FALSE(set_of(key_, {{row, ""}}) == set_of(key_, {{std::string(49, '\xFF'), ""}})) << i;
  }
}

} // namespace
} // namespace palabre::storage
