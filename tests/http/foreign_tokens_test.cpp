#include "base/digest.hpp"
#include "base/limits.hpp"
#include "http/realtime/foreign_tokens.hpp"

#include <gtest/gtest.h>

namespace palabre::http::realtime {
namespace {

class settable_clock final : public clock {
public:
  timestamp now() const override { return at; }
  timestamp at{1'800'000'000'000};
};

const std::string key = "a secret of another backend, long enough";
constexpr std::string_view hs256 = R"({"alg":"HS256","typ":"JWT"})";

std::string made(std::string_view header, std::string_view payload, const std::string& with = key) {
  const std::string body = to_base64url(header) + "." + to_base64url(payload);
  return body + "." + to_base64url(as_bytes(hmac_sha256(with, body)));
}
std::string made(std::string_view payload) {
  return made(hs256, payload);
}

class ForeignTokens : public ::testing::Test {
protected:
  errc refusal(std::string_view token) {
    const auto connection = tokens.verify_connection(token);
    const auto subscription = tokens.verify_subscription(token);
    EXPECT_FALSE(connection || subscription) << token;
    if (connection || subscription) return errc::internal;
    EXPECT_EQ(connection.error().code, subscription.error().code);
    return connection.error().code;
  }

  settable_clock time;
  foreign_tokens tokens{key, time};
};

TEST_F(ForeignTokens, SayWhoIsThere) {
  const auto claims = tokens.verify_connection(made(R"({"sub":"ada","exp":1800000060,"info":{ "name" : "Ada" }})"));
  ASSERT_TRUE(claims);
  const identity& who = claims.value().who;
  EXPECT_EQ(who.what, identity::kind::foreign);
  EXPECT_EQ(who.name(), "ada");
  EXPECT_EQ(who.foreign->info, R"({"name":"Ada"})");
  EXPECT_EQ(who.user, foreign_user_id("ada"));
  EXPECT_NE(who.user, foreign_user_id("bob"));
  EXPECT_EQ(who.expires_at, timestamp{1'800'000'060'000});
}

TEST_F(ForeignTokens, MayBeForNobodyAndForEver) {
  const auto claims = tokens.verify_connection(made(R"({"info":{"guest":true}})"));
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims.value().who.what, identity::kind::nobody);
  EXPECT_EQ(claims.value().who.name(), "");
  EXPECT_EQ(claims.value().who.foreign->info, R"({"guest":true})");
  EXPECT_FALSE(claims.value().who.expires_at);
}

TEST_F(ForeignTokens, NameChannels) {
  const auto claims = tokens.verify_connection(
      made(R"({"sub":"ada","channels":["a","b","a"],"subs":{"b":{"info":{"r":1},"b64data":"WzFd",)"
           R"("override":{"presence":{"value":true},"join_leave":{},"force_recovery":true}}}})"));
  ASSERT_TRUE(claims);
  const auto& channels = claims.value().channels;
  ASSERT_EQ(channels.size(), 2u);
  EXPECT_EQ(channels[0].channel, "b");
  EXPECT_EQ(channels[1].channel, "a");
  const subscription_grant& grant = channels[0].grant;
  EXPECT_EQ(grant.info, R"({"r":1})");
  EXPECT_EQ(grant.data, "[1]");
  EXPECT_EQ(grant.presence, true);
  EXPECT_EQ(grant.join_leave, false);
  EXPECT_EQ(grant.force_recovery, true);
  EXPECT_FALSE(grant.force_positioning);
}

TEST_F(ForeignTokens, LetOneSubscribe) {
  const auto claims = tokens.verify_subscription(
      made(R"({"sub":"ada","channel":"chat:1","client":"c","exp":1800000060,"info":"i","data":[]})"));
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims.value().user, "ada");
  EXPECT_EQ(claims.value().channel, "chat:1");
  EXPECT_EQ(claims.value().client, "c");
  EXPECT_EQ(claims.value().grant.info, R"("i")");
  EXPECT_EQ(claims.value().grant.data, "[]");
}

TEST_F(ForeignTokens, EndWhenTheySay) {
  struct {
    std::string payload;
    std::optional<timestamp> ends;
  } const table[] = {
      {R"({"sub":"a"})", std::nullopt},
      {R"({"sub":"a","exp":1800000001})", timestamp{1'800'000'001'000}},
      {R"({"sub":"a","exp":1800000001.5})", timestamp{1'800'000'001'500}},
      {R"({"sub":"a","exp":1800000001,"expire_at":0})", std::nullopt},
      {R"({"sub":"a","exp":1800000001,"expire_at":1900000000})", timestamp{1'900'000'000'000}},
      {R"({"sub":"a","expire_at":1})", timestamp{1'000}},
      {R"({"sub":"a","exp":null,"nbf":1800000000})", std::nullopt},
  };
  for (const auto& row : table) {
    const auto claims = tokens.verify_connection(made(row.payload));
    ASSERT_TRUE(claims) << row.payload;
    EXPECT_EQ(claims.value().who.expires_at, row.ends) << row.payload;
  }
  for (const char* payload : {R"({"exp":1800000000})", R"({"exp":0})", R"({"nbf":1800000001})"})
    EXPECT_EQ(refusal(made(payload)), errc::token_expired) << payload;
}

TEST_F(ForeignTokens, RefuseWhatIsForged) {
  const std::string payload = R"({"sub":"ada"})", good = made(payload);
  ASSERT_TRUE(tokens.verify_connection(good) && tokens.verify_subscription(good));
  const std::string unsigned_token = to_base64url(R"({"alg":"none"})") + "." + to_base64url(payload) + ".";
  const std::string other = made(R"({"sub":"eve"})");
  const std::string table[] = {
      "",
      ".",
      "..",
      "a.b.c",
      unsigned_token,
      made(R"({"alg":"none"})", payload),
      made(R"({"alg":"HS384"})", payload),
      made(R"({"alg":"hs256"})", payload),
      made(R"({"alg":["HS256"]})", payload),
      made(R"({"alg":"HS256","crit":["b64"],"b64":false})", payload),
      made("no json", payload),
      made(hs256, payload, std::string(40, 'x')),
      made(hs256, payload, ""),
      good + "A",
      good + ".",
      good.substr(0, good.size() - 1),
      other.substr(0, other.rfind('.')) + good.substr(good.rfind('.')),
      "." + good,
  };
  for (const std::string& token : table) EXPECT_EQ(refusal(token), errc::unauthenticated) << token;
}

TEST_F(ForeignTokens, RefuseEveryChangedLetter) {
  const std::string good = made(R"({"sub":"ada","channel":"c"})");
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string changed = good;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(refusal(changed), errc::unauthenticated) << at;
  }
}

TEST_F(ForeignTokens, OfOneChannelOpenNoConnection) {
  const std::string token = made(R"({"sub":"ada","channel":"c"})");
  EXPECT_TRUE(tokens.verify_subscription(token));
  EXPECT_FALSE(tokens.verify_connection(token));
}

TEST_F(ForeignTokens, RefuseWrongClaims) {
  const std::string deep = std::string(200, '[') + std::string(200, ']');
  const std::string large = '"' + std::string(limits::shown_info_bytes_max, 'x') + '"';
  const std::string long_name = std::string(limits::foreign_name_bytes_max + 1, 'x');
  const std::string table[] = {
      std::string("no json"),
      std::string("[]"),
      std::string("null"),
      std::string(R"({"sub":1})"),
      std::string(R"({"exp":"tomorrow"})"),
      std::string(R"({"exp":-1})"),
      std::string(R"({"exp":1e300})"),
      std::string(R"({"expire_at":"x"})"),
      std::string(R"({"b64info":"***"})"),
      std::string(R"({"b64info":"eA=="})"), // "x" is no JSON
      R"({"info":)" + deep + "}",
      R"({"info":)" + large + "}",
      R"({"sub":")" + long_name + "\"}",
      "{\"sub\":\"\xff\"}",
  };
  for (const std::string& payload : table) EXPECT_EQ(refusal(made(payload)), errc::unauthenticated) << payload;
  for (const char* payload :
       {R"({"channels":"a"})", R"({"channels":[1]})", R"({"channels":[""]})", R"({"subs":[]})", R"({"subs":{"a":1}})",
        R"({"subs":{"a":{"override":1}}})", R"({"subs":{"a":{"override":{"presence":1}}}})"})
    EXPECT_FALSE(tokens.verify_connection(made(payload))) << payload;
}

TEST_F(ForeignTokens, AreBounded) {
  const auto of_size = [](std::size_t bytes) {
    return made(R"({"sub":"ada","pad":")" + std::string(bytes, 'x') + "\"}");
  };
  EXPECT_TRUE(tokens.verify_connection(of_size(8 * 1024)));
  EXPECT_EQ(refusal(of_size(limits::foreign_token_bytes_max)), errc::unauthenticated);
}

TEST_F(ForeignTokens, ProveNothingWithoutAKey) {
  const foreign_tokens none("", time);
  EXPECT_FALSE(none.verify_connection(made(hs256, R"({"sub":"ada"})", "")));
}

} // namespace
} // namespace palabre::http::realtime
