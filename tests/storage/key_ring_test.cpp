// The key ring and its crashes: every length at which a write can be torn, and every step between two files.

#include "storage/key_ring.hpp"

#include "storage/key_ring_file.hpp"
#include "storage/synced_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace palabre::storage {
namespace {

namespace fs = std::filesystem;

const std::string master(32, 'M'), next_master(32, 'N');

user_id person(std::uint8_t n) {
  user_id id;
  id.bytes[0] = 1;
  id.bytes[15] = n;
  return id;
}

class KeyRing : public ::testing::Test {
protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "keys.XXXXXX";
    parent_ = ::mkdtemp(pattern.data());
    directory_ = parent_ + "/keys";
  }
  void TearDown() override {
    ring_.reset();
    fs::remove_all(parent_);
  }

  result<std::unique_ptr<key_ring>> try_open(std::uint32_t key_id_max = 0, std::vector<std::string> masters = {master},
                                             key_ring::access mode = key_ring::access::read_write) {
    if (mode == key_ring::access::read_write) ring_.reset();
    return key_ring::open({directory_, std::move(masters), key_id_max, mode}, random_);
  }
  key_ring& open(std::uint32_t key_id_max = 0, std::vector<std::string> masters = {master}) {
    auto opened = try_open(key_id_max, std::move(masters));
    EXPECT_TRUE(opened) << opened.error().context;
    ring_ = std::move(opened).value();
    return *ring_;
  }
  std::string read(const std::string& name) const { return read_whole(directory_ + "/" + name).value().value_or(""); }
  void write(const std::string& name, std::string_view bytes) const {
    std::ofstream(directory_ + "/" + name, std::ios::binary) << bytes;
  }
  static std::string bytes_of(const data_key& key) { return key.key ? std::string(key.key->bytes()) : "destroyed"; }

  system_randomness random_;
  std::string parent_, directory_;
  std::unique_ptr<key_ring> ring_;
};

TEST_F(KeyRing, GivesEachPersonOneKeyForEver) {
  key_ring& ring = open();
  const data_key ada = ring.key_of(person(1)).value(), bob = ring.key_of(person(2)).value();
  EXPECT_EQ(ada.id, 1u);
  EXPECT_EQ(bob.id, 2u);
  EXPECT_NE(bytes_of(ada), bytes_of(bob));
  EXPECT_EQ(bytes_of(ring.key_of(person(1)).value()), bytes_of(ada));
  EXPECT_EQ(bytes_of(ring.find(2).value()), bytes_of(bob));
  ASSERT_TRUE(ring.sync());
  const std::string kept = bytes_of(bob);
  key_ring& again = open(2);
  EXPECT_EQ(bytes_of(again.find(2).value()), kept);
  EXPECT_EQ(again.key_of(person(2)).value().id, 2u);
  EXPECT_EQ(again.key_of(person(3)).value().id, 3u);
  EXPECT_EQ(again.find(4).error().code, errc::corrupt);
  EXPECT_EQ(again.find(0).error().code, errc::corrupt);
}

TEST_F(KeyRing, ShowsNoKeyInItsFiles) {
  key_ring& ring = open();
  const std::string key = bytes_of(ring.key_of(person(1)).value());
  EXPECT_EQ(read("ring").find(key), std::string::npos);
  EXPECT_EQ(read("ring").find(key.substr(0, 8)), std::string::npos);
  EXPECT_EQ(fs::status(directory_ + "/ring").permissions() & fs::perms::all,
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(KeyRing, AnEndTornAtAnyByteIsDroppedUnlessTheLogNeedsIt) {
  key_ring& ring = open();
  for (std::uint8_t n = 1; n <= 3; ++n) ASSERT_TRUE(ring.key_of(person(n)));
  const std::string second = bytes_of(ring.find(2).value()), whole = read("ring");
  ring_.reset();
  for (std::size_t size = ring_header_bytes; size < whole.size(); ++size) {
    write("ring", whole.substr(0, size));
    const auto left = static_cast<std::uint32_t>((size - ring_header_bytes) / ring_entry_bytes);
    const auto refused = try_open(left + 1);
    ASSERT_FALSE(refused) << size;
    EXPECT_EQ(refused.error().code, errc::corrupt);
    EXPECT_NE(refused.error().context.find("the log names key " + std::to_string(left + 1)), std::string::npos);
    EXPECT_EQ(read("ring").size(), size) << "nothing was changed";
    key_ring& opened = open(left);
    EXPECT_EQ(opened.count(), left);
    if (left >= 2) {
      EXPECT_EQ(bytes_of(opened.find(2).value()), second);
    }
    EXPECT_EQ(opened.key_of(person(9)).value().id, left + 1);
    EXPECT_EQ(open(left + 1).count(), left + 1) << "what was written behind the torn end is whole";
    ring_.reset();
  }
}

TEST_F(KeyRing, AFlippedByteIsNeverAnotherKey) {
  key_ring& ring = open();
  for (std::uint8_t n = 1; n <= 3; ++n) ASSERT_TRUE(ring.key_of(person(n)));
  std::vector<std::string> keys;
  for (std::uint32_t id = 1; id <= 3; ++id) keys.push_back(bytes_of(ring.find(id).value()));
  const std::string whole = read("ring");
  ring_.reset();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    write("ring", flipped);
    const auto refused = try_open(3);
    EXPECT_FALSE(refused) << at;
    EXPECT_EQ(read("ring"), flipped) << "nothing was changed";
  }
}

TEST_F(KeyRing, LossOfTheRingIsRefusedOnceTheLogNamesAKey) {
  ASSERT_TRUE(open().key_of(person(1)));
  ring_.reset();
  fs::remove(directory_ + "/ring");
  const auto refused = try_open(1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::corrupt);
  EXPECT_NE(refused.error().context.find("is missing"), std::string::npos) << refused.error().context;
  EXPECT_FALSE(fs::exists(directory_ + "/ring"));
  EXPECT_TRUE(try_open(0)) << "nothing was sealed yet";
}

TEST_F(KeyRing, AnOlderRingIsRefusedWhateverTheListOfTheErasedNames) {
  key_ring& ring = open();
  ASSERT_TRUE(ring.key_of(person(1)));
  const std::string older = read("ring");
  for (std::uint8_t n = 2; n <= 4; ++n) ASSERT_TRUE(ring.key_of(person(n)));
  ASSERT_TRUE(ring.begin_erasing(person(4), {5}));
  const std::string newer = read("ring");
  ring_.reset();
  write("ring", older); // keys 2 and 3 are nowhere, and the list names key 4
  const auto refused = try_open(4);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::corrupt);
  EXPECT_NE(refused.error().context.find("the log names key 4"), std::string::npos) << refused.error().context;
  EXPECT_EQ(read("ring"), older) << "nothing was changed";
  for (std::uint8_t n = 2; n <= 3; ++n)
    ASSERT_TRUE(
        append_erased(directory_ + "/erased", read_erased(directory_ + "/erased").value(), {n, person(n), {6}}));
  EXPECT_TRUE(try_open(4)) << "of all keys that it lacks, the people are erased";
  fs::remove(directory_ + "/erased");
  write("ring", newer);
  ASSERT_TRUE(open(4).begin_erasing(person(4), {7}));
  ASSERT_TRUE(open(4).destroy_key_of(person(4)));
  EXPECT_EQ(open(4).key_of(person(5)).value().id, 5u) << "a ring that was written anew reaches as far as it did";
}

TEST_F(KeyRing, AnotherMasterKeyIsRefused) {
  ASSERT_TRUE(open().key_of(person(1)));
  const auto refused = try_open(1, {next_master});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::invalid);
}

TEST_F(KeyRing, OneProcessWritesIt) {
  open();
  const auto second = key_ring::open({directory_, {master}, 0, key_ring::access::read_write}, random_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, errc::io);
  EXPECT_TRUE(try_open(0, {master}, key_ring::access::read_only));
}

TEST_F(KeyRing, AReaderFindsWhatTheWriterAddsAndDestroys) {
  key_ring& ring = open();
  ASSERT_TRUE(ring.key_of(person(1)));
  const auto reader = try_open(1, {master}, key_ring::access::read_only).value();
  const std::string second = bytes_of(ring.key_of(person(2)).value());
  EXPECT_EQ(bytes_of(reader->find(2).value()), second);
  ASSERT_TRUE(ring.begin_erasing(person(1), {5}));
  ASSERT_TRUE(ring.destroy_key_of(person(1)));
  ASSERT_TRUE(ring.key_of(person(3)));
  EXPECT_TRUE(reader->find(3).value().key);
  EXPECT_FALSE(reader->find(1).value().key);
}

TEST_F(KeyRing, ErasingIsNotedFirstAndDoneLast) {
  key_ring& ring = open();
  ASSERT_TRUE(ring.key_of(person(1)));
  const std::string bob = bytes_of(ring.key_of(person(2)).value());
  EXPECT_EQ(ring.begin_erasing(person(1), {5}).value(), 1u);
  EXPECT_EQ(ring.begin_erasing(person(1), {6}).value(), 1u) << "noted already";
  EXPECT_FALSE(ring.key_of(person(1)).value().key) << "nothing new is sealed for them";
  EXPECT_FALSE(ring.find(1).value().key) << "and nothing that they said is read";
  EXPECT_TRUE(ring.is_noted(1));
  EXPECT_FALSE(ring.is_noted(2));
  EXPECT_EQ(open(2).erased(), (std::vector<erased_user>{{1, person(1), {5}}}));
  EXPECT_TRUE(ring_->holds_key_of(person(1))) << "a crash between: it is still to do";
  ASSERT_TRUE(ring_->destroy_key_of(person(1)));
  ASSERT_TRUE(ring_->destroy_key_of(person(1)));
  for (int round = 0; round < 2; ++round) {
    EXPECT_FALSE(ring_->holds_key_of(person(1)));
    EXPECT_EQ(bytes_of(ring_->find(1).value()), "destroyed");
    EXPECT_EQ(bytes_of(ring_->key_of(person(1)).value()), "destroyed") << "no new one";
    EXPECT_EQ(ring_->key_of(person(1)).value().id, 1u);
    EXPECT_EQ(bytes_of(ring_->find(2).value()), bob);
    open(2);
  }
  EXPECT_EQ(ring_->key_of(person(3)).value().id, 3u);
}

TEST_F(KeyRing, NoIdIsEverGivenOutTwice) {
  key_ring& ring = open();
  for (std::uint8_t n = 1; n <= 3; ++n) ASSERT_TRUE(ring.key_of(person(n)));
  ASSERT_TRUE(ring.begin_erasing(person(3), {5}));
  ASSERT_TRUE(ring.destroy_key_of(person(3)));
  EXPECT_EQ(open(3).key_of(person(4)).value().id, 4u);
  EXPECT_EQ(ring_->begin_erasing(person(5), {6}).value(), 5u) << "who never wrote has no key, and gets none later";
  ASSERT_TRUE(ring_->destroy_key_of(person(5)));
  EXPECT_EQ(open(5).key_of(person(6)).value().id, 6u);
  EXPECT_EQ(bytes_of(ring_->key_of(person(5)).value()), "destroyed");
}

TEST_F(KeyRing, AListOfTheErasedTornAtAnyByteLosesOnlyItsLastEntry) {
  key_ring& ring = open();
  for (std::uint8_t n = 1; n <= 2; ++n) ASSERT_TRUE(ring.begin_erasing(person(n), {n}));
  const std::string whole = read("erased");
  ring_.reset();
  const std::size_t entry = whole.size() / 2;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write("erased", whole.substr(0, size));
    key_ring& opened = open(2);
    EXPECT_EQ(opened.erased().size(), size / entry) << size;
    ASSERT_TRUE(opened.begin_erasing(person(7), {7}));
    EXPECT_EQ(open(2).erased().size(), size / entry + 1) << size;
  }
  for (std::size_t at = 0; at < entry; ++at) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    write("erased", flipped);
    EXPECT_EQ(try_open(2).error().code, errc::corrupt) << at;
  }
}

TEST_F(KeyRing, TheNewFileIsNotThereOrWhole) {
  key_ring& ring = open();
  for (std::uint8_t n = 1; n <= 3; ++n) ASSERT_TRUE(ring.key_of(person(n)));
  const std::string second = bytes_of(ring.find(2).value());
  ASSERT_TRUE(ring.begin_erasing(person(1), {5}));
  const std::string before = read("ring");
  ASSERT_TRUE(ring.destroy_key_of(person(1)));
  const std::string after = read("ring");
  EXPECT_LT(after.size(), before.size());
  ring_.reset();
  for (std::size_t size = 0; size <= after.size(); ++size) { // the draft, as a crash leaves it
    write("ring", before);
    write("ring.new", after.substr(0, size));
    key_ring& opened = open(3);
    EXPECT_TRUE(opened.holds_key_of(person(1)));
    EXPECT_EQ(bytes_of(opened.find(2).value()), second);
  }
  // Once it was put in place, all of it was synced: a byte less is damage, not a torn end.
  for (std::size_t size = 0; size < after.size(); ++size) {
    ring_.reset();
    write("ring", after.substr(0, size));
    EXPECT_EQ(try_open(0).error().code, errc::corrupt) << size;
  }
}

TEST_F(KeyRing, RotationLeavesEveryKeyAsItWas) {
  key_ring& ring = open();
  std::vector<std::string> keys;
  for (std::uint8_t n = 1; n <= 3; ++n) keys.push_back(bytes_of(ring.key_of(person(n)).value()));
  ASSERT_TRUE(ring.rewrap(next_master));
  EXPECT_EQ(try_open(3, {master}).error().code, errc::invalid);
  for (const auto& masters : {std::vector<std::string>{next_master}, {master, next_master}}) {
    key_ring& opened = open(3, masters);
    EXPECT_EQ(opened.master_key_used(), masters.size() - 1);
    for (std::uint32_t id = 1; id <= 3; ++id) EXPECT_EQ(bytes_of(opened.find(id).value()), keys[id - 1]);
  }
  EXPECT_EQ(ring_->key_of(person(4)).value().id, 4u);
}

TEST_F(KeyRing, AFailedWriteChangesNothing) {
  key_ring& ring = open();
  ASSERT_TRUE(ring.key_of(person(1)));
  fs::create_directory(directory_ + "/ring.new"); // no draft can be made
  EXPECT_FALSE(ring.rewrap(next_master));
  ASSERT_TRUE(ring.begin_erasing(person(1), {5}));
  EXPECT_FALSE(ring.destroy_key_of(person(1)));
  EXPECT_TRUE(ring.holds_key_of(person(1)));
  fs::remove(directory_ + "/ring.new");
  EXPECT_TRUE(open(1).holds_key_of(person(1)));
}

} // namespace
} // namespace palabre::storage
