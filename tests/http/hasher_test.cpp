#include "http/hasher.hpp"

#include "base/limits.hpp"
#include "running.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace palabre::http {
namespace {

class Hasher : public ::testing::Test {
protected:
  std::string hash(std::string password) { return run(io, hasher.hash(std::move(password))).value(); }
  bool verify(std::string password, std::string encoded) {
    return run(io, hasher.verify(std::move(password), std::move(encoded))).value();
  }

  boost::asio::io_context io;
  system_randomness random;
  password_hasher hasher{random};
};

TEST_F(Hasher, RecognisesThePasswordAndNoOther) {
  const std::string encoded = hash("correct horse");
  EXPECT_EQ(encoded.substr(0, 31), "$argon2id$v=19$m=19456,t=2,p=1$");
  EXPECT_TRUE(verify("correct horse", encoded));
  EXPECT_FALSE(verify("correct horsf", encoded));
  EXPECT_FALSE(verify("", encoded));
}

TEST_F(Hasher, SaltsEachHash) {
  EXPECT_NE(hash("the same"), hash("the same"));
}

TEST_F(Hasher, ReadsAllBytesOfAPassword) {
  const std::string with_zero("a\0b", 3), long_one(1'024, 'x');
  EXPECT_FALSE(verify(std::string("a\0c", 3), hash(with_zero)));
  const std::string encoded = hash(long_one);
  EXPECT_TRUE(verify(long_one, encoded));
  EXPECT_FALSE(verify(long_one.substr(1), encoded));
}

TEST_F(Hasher, NobodyKnowsThePasswordOfAnUnknownLogin) {
  EXPECT_FALSE(verify("anything", ""));
  EXPECT_FALSE(verify("nobody", ""));
}

TEST_F(Hasher, SaysWhenAStoredHashIsBroken) {
  const auto answer = run(io, hasher.verify("x", "$argon2id$broken"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, errc::corrupt);
}

TEST_F(Hasher, RefusesWhatDoesNotFitIntoItsQueue) {
  constexpr std::size_t count = limits::hasher_queue_max + 10;
  auto short_lived = std::make_unique<password_hasher>(random);
  std::vector<std::optional<result<std::string>>> answers(count);
  for (auto& answer : answers) start(io, short_lived->hash("password"), answer);
  io.poll();
  short_lived.reset(); // ends what waits
  io.run();
  std::size_t overloaded = 0;
  for (const auto& answer : answers) {
    ASSERT_TRUE(answer);
    if (*answer) continue;
    EXPECT_TRUE(answer->error().code == errc::overloaded || answer->error().code == errc::unavailable);
    overloaded += answer->error().code == errc::overloaded;
  }
  EXPECT_GE(overloaded, 5u);
}

TEST_F(Hasher, ServesSeveralAtOnce) {
  std::vector<std::optional<result<std::string>>> answers(4);
  for (auto& answer : answers) start(io, hasher.hash("password"), answer);
  io.run();
  for (const auto& answer : answers) EXPECT_TRUE(answer && *answer);
}

TEST_F(Hasher, OutlivesAnIoContextThatEndsFirst) {
  auto short_lived = std::make_unique<boost::asio::io_context>();
  bool destroyed = false, answered = false;
  {
    struct notice {
      bool* at;
      explicit notice(bool* flag) : at(flag) {}
      ~notice() { *at = true; }
    };
    const auto waits = [](password_hasher& h, std::shared_ptr<notice> held,
                          bool* done) -> boost::asio::awaitable<void> {
      auto hashing = h.hash("password");
      const auto answer = co_await std::move(hashing);
      *done = answer.has_value() && held != nullptr;
    };
    boost::asio::co_spawn(*short_lived, waits(hasher, std::make_shared<notice>(&destroyed), &answered),
                          [](std::exception_ptr) {});
    short_lived->poll();
  }
  EXPECT_FALSE(destroyed);
  short_lived.reset();
  EXPECT_TRUE(destroyed);                // the coroutine, together with its context
  EXPECT_FALSE(hash("another").empty()); // the first was hashed before, for nobody
}

} // namespace
} // namespace palabre::http
