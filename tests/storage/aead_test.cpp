#include "storage/aead.hpp"

#include "base/digest.hpp"
#include "storage/aead_portable.hpp"

#include <gtest/gtest.h>

#include <random>

namespace palabre::storage {
namespace {

std::string bytes_of_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

// Test case 16 of the GCM specification (McGrew and Viega).
TEST(Aead, IsAes256Gcm) {
  const aead_key key(bytes_of_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  aead_nonce nonce;
  const std::string nonce_bytes = bytes_of_hex("cafebabefacedbaddecaf888");
  std::copy(nonce_bytes.begin(), nonce_bytes.end(), nonce.begin());
  const std::string plain =
      bytes_of_hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
                   "b16aedf5aa0de657ba637b39");
  const std::string beside = bytes_of_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const std::string sealed = aead_seal(key, nonce, beside, plain);
  EXPECT_EQ(to_hex(sealed),
            "cafebabefacedbaddecaf888"
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e63"
            "93ba7a0abcc9f662"
            "76fc6ece0f4e1768cddf8853bb2d551b");
  EXPECT_EQ(aead_open(key, beside, sealed).value(), plain);
  EXPECT_EQ(aead_seal_portably(key, nonce, beside, plain), sealed);
}

TEST(Aead, IsTheSameOnEveryProcessor) {
  std::mt19937 random(20);
  const auto bytes = [&](std::size_t size) {
    std::string made(size, '\0');
    for (char& c : made) c = static_cast<char>(random());
    return made;
  };
  for (std::size_t size = 0; size < 300; ++size) {
    const aead_key key(bytes(aead_key_bytes));
    aead_nonce nonce;
    for (auto& byte : nonce) byte = static_cast<std::uint8_t>(random());
    const std::string plain = bytes(size), beside = bytes(random() % 60), sealed = aead_seal(key, nonce, beside, plain);
    ASSERT_EQ(aead_seal_portably(key, nonce, beside, plain), sealed) << size;
    ASSERT_EQ(aead_open_portably(key, beside, sealed).value(), plain) << size;
    ASSERT_EQ(aead_open(key, beside, sealed).value(), plain) << size;
  }
}

TEST(Aead, OpensNothingThatWasChanged) {
  const aead_key key(std::string(32, 'k')), other(std::string(32, 'l'));
  const std::string sealed = aead_seal(key, aead_nonce{}, "beside", "plain");
  const auto is_refused = [](const aead_key& with, std::string_view beside, const std::string& text) {
    const bool portably =
        text.size() < aead_nonce_bytes + aead_tag_bytes || !aead_open_portably(with, beside, text).has_value();
    const auto opened = aead_open(with, beside, text);
    return portably && !opened && opened.error().code == errc::corrupt;
  };
  EXPECT_FALSE(is_refused(key, "beside", sealed));
  EXPECT_TRUE(is_refused(other, "beside", sealed));
  EXPECT_TRUE(is_refused(key, "besides", sealed));
  for (std::size_t at = 0; at < sealed.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = sealed;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      EXPECT_TRUE(is_refused(key, "beside", flipped)) << at;
    }
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_TRUE(is_refused(key, "beside", sealed.substr(0, size))) << size;
  EXPECT_EQ(aead_open(key, "", aead_seal(key, aead_nonce{}, "", "")).value(), "");
}

} // namespace
} // namespace palabre::storage
