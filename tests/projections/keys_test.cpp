#include "projections/keys.hpp"

#include "known_ids.hpp"

#include <gtest/gtest.h>

namespace palabre::projections {
namespace {

using namespace testing;

TEST(RowKey, HoldsItsPartsOneBehindTheOther) {
  const room_id room = room_number(7);
  const std::string id(reinterpret_cast<const char*>(room.bytes.data()), room.bytes.size());
  EXPECT_EQ(std::string(key_of(room)), id);
  EXPECT_EQ(std::string(key_of(room, std::uint64_t{0x0102})), id + std::string("\0\0\0\0\0\0\1\2", 8));
  EXPECT_EQ(std::string(key_of(room, std::string_view("ab"))), id + "\2ab");
  EXPECT_EQ(std::string(key_of(room) + 'b' + key_of(room)), id + "b" + id);
  EXPECT_EQ(std::string(key_of()), "");
}

TEST(RowKey, IsInOrderOfItsNumber) {
  const room_id room = room_number(7);
  EXPECT_LT(std::string_view(key_of(room, std::uint64_t{255})), std::string_view(key_of(room, std::uint64_t{256})));
}

TEST(RowKey, HasRoomForThreeIdsANumberAndTheLongestText) {
  const std::string text(255, 'x');
  const row_key key = key_of(room_number(1), room_number(2), room_number(3), std::uint64_t{4}, std::string_view(text));
  EXPECT_EQ(key.size(), row_key::bytes_max);
  EXPECT_TRUE(std::string_view(key).ends_with("\xFF" + text));
  EXPECT_DEATH((void)key_of(std::string_view(std::string(256, 'x'))), "");
  EXPECT_DEATH((void)(key + 'x'), "");
}

} // namespace
} // namespace palabre::projections
