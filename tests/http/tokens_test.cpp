#include "events/streams.hpp"
#include "events/user.hpp"
#include "http/tokens.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace palabre::http {
namespace {

class settable_clock final : public clock {
public:
  timestamp now() const override { return timestamp{ms.load()}; }
  std::atomic<std::int64_t> ms{1'800'000'000'000};
};

const std::string signing_key(32, 'k');

class Tokens : public ::testing::Test {
protected:
  access_claims claims(std::int64_t lives_ms = 900'000) {
    return {user_id{random.next_id(time.now())}, session_id{random.next_id(time.now())}, timestamp{time.ms + lives_ms}};
  }
  errc refusal(std::string_view token) {
    const auto verified = tokens.verify(token);
    EXPECT_FALSE(verified) << token;
    return verified ? errc::internal : verified.error().code;
  }
  static std::string segment(std::string_view json) { return to_base64url(json); }
  /// A token of any header and payload, signed as HS256 with `with`.
  static std::string made(std::string_view header, std::string_view payload, const std::string& with = signing_key) {
    const std::string body = segment(header) + "." + segment(payload);
    return body + "." + to_base64url(as_bytes(hmac_sha256(with, body)));
  }
  std::string payload(std::int64_t exp) {
    return R"({"exp":)" + std::to_string(exp) +
           R"(,"sub":"0190b1f0-7c3a-7000-8000-000000000001","sid":"0190b1f0-7c3a-7000-8000-000000000002"})";
  }

  settable_clock time;
  system_randomness random;
  token_authority tokens{signing_key, time};
};

constexpr char hs256[] = R"({"alg":"HS256","typ":"JWT"})";

TEST_F(Tokens, SayWhoTheyWereIssuedTo) {
  const access_claims given = claims();
  const std::string token = tokens.issue(given);
  for (int i = 0; i < 2; ++i) { // the second time from the cache
    const auto verified = tokens.verify(token);
    ASSERT_TRUE(verified);
    EXPECT_EQ(verified.value().user, given.user);
    EXPECT_EQ(verified.value().session, given.session);
    EXPECT_EQ(verified.value().expires_at, given.expires_at);
  }
}

TEST_F(Tokens, AreAllDifferent) {
  const access_claims given = claims();
  EXPECT_NE(tokens.issue(given), tokens.issue(given));
}

TEST_F(Tokens, AreTakenFromAnotherInstanceWithTheSameKey) {
  EXPECT_TRUE(token_authority(signing_key, time).verify(tokens.issue(claims())));
  EXPECT_TRUE(tokens.verify(made(hs256, payload(time.ms / 1'000 + 60))));
}

TEST_F(Tokens, ExpireByOurClock) {
  const std::string token = tokens.issue(claims(10'000));
  time.ms += 9'999;
  EXPECT_TRUE(tokens.verify(token));
  time.ms += 1;
  EXPECT_EQ(refusal(token), errc::token_expired); // was remembered
  EXPECT_EQ(refusal(made(hs256, payload(time.ms / 1'000 - 1))), errc::token_expired);
}

TEST_F(Tokens, OfAnEndedSessionProveNothing) {
  const access_claims given = claims();
  const std::string token = tokens.issue(given), other = tokens.issue(claims());
  ASSERT_TRUE(tokens.verify(token));
  tokens.end_session(given.session);
  EXPECT_EQ(refusal(token), errc::unauthenticated);
  EXPECT_EQ(refusal(tokens.issue(given)), errc::unauthenticated);
  EXPECT_TRUE(tokens.verify(other));
}

TEST_F(Tokens, HearOfClosedSessions) {
  const access_claims given = claims();
  const std::string token = tokens.issue(given);
  const std::string closed =
      events::to_json(events::session_closed{given.session, events::session_end::logout}, events::secrets::stored);
  storage::record r;
  r.stream = events::stream_of(given.user);
  r.schema = 1;
  r.type = events::session_closed::type.name;
  r.payload = closed;
  storage::committed_batch batch;
  std::string stored = storage::encode(r);
  const auto view = storage::decode(stored);
  ASSERT_TRUE(view);
  batch.records.emplace_back(std::move(stored), view.value(), sha256_digest{});
  tokens.hear(batch);
  EXPECT_EQ(refusal(token), errc::unauthenticated);
}

TEST_F(Tokens, RefuseWhatWasTamperedWith) {
  const std::string token = tokens.issue(claims());
  ASSERT_TRUE(tokens.verify(token));
  const auto first = token.find('.'), second = token.rfind('.');
  std::string changed = token;
  for (const std::size_t at : {first + 5, second + 5}) {
    changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(refusal(changed), errc::unauthenticated) << at;
  }
  EXPECT_EQ(refusal(token.substr(0, second)), errc::unauthenticated);
  EXPECT_EQ(refusal(token.substr(0, second + 1)), errc::unauthenticated);
  EXPECT_EQ(refusal(token + "A"), errc::unauthenticated);
}

TEST_F(Tokens, RefuseWhatIsNoToken) {
  for (const char* text : {"", ".", "..", "...", "a.b.c", "Bearer", "eyJ9.eyJ9.", "é", "a b", "a\nb"})
    EXPECT_EQ(refusal(text), errc::unauthenticated) << text;
  EXPECT_EQ(refusal(std::string(100'000, 'a')), errc::unauthenticated);
  EXPECT_EQ(refusal(tokens.issue(claims()) + std::string(1, '\0')), errc::unauthenticated);
}

TEST_F(Tokens, RefuseAnotherKey) {
  EXPECT_EQ(refusal(token_authority(std::string(32, 'x'), time).issue(claims())), errc::unauthenticated);
}

TEST_F(Tokens, RefuseAnotherAlgorithm) {
  const std::string good = payload(time.ms / 1'000 + 60);
  for (const char* header : {R"({"alg":"none"})", R"({"alg":"None","typ":"JWT"})", R"({"alg":"HS384","typ":"JWT"})",
                             R"({"alg":"HS512","typ":"JWT"})", R"({"alg":"RS256","typ":"JWT"})", R"({"typ":"JWT"})",
                             "{}", R"({"alg":"hs256x"})"}) {
    EXPECT_EQ(refusal(made(header, good)), errc::unauthenticated) << header;
    EXPECT_EQ(refusal(segment(header) + "." + segment(good) + "."), errc::unauthenticated) << header;
    EXPECT_EQ(refusal(segment(header) + "." + segment(good)), errc::unauthenticated) << header;
  }
}

TEST_F(Tokens, RefuseWhatIsSignedButSaysNotWhoOrUntilWhen) {
  const std::string soon = std::to_string(time.ms / 1'000 + 60);
  const std::string who =
      R"("sub":"0190b1f0-7c3a-7000-8000-000000000001","sid":"0190b1f0-7c3a-7000-8000-000000000002")";
  for (const std::string& claimed :
       {"{" + who + "}", "{\"exp\":" + soon + "}", "{\"exp\":\"" + soon + "\"," + who + "}", "{\"exp\":-1," + who + "}",
        "{\"exp\":99999999999999999," + who + "}", R"({"exp":)" + soon + R"(,"sub":"x","sid":"y"})", std::string("[]")})
    EXPECT_EQ(refusal(made(hs256, claimed)), errc::unauthenticated) << claimed;
}

TEST_F(Tokens, AreForgottenWithoutHarmWhenTheyAreMany) {
  const std::string first = tokens.issue(claims());
  ASSERT_TRUE(tokens.verify(first));
  for (int i = 0; i < 5'000; ++i) ASSERT_TRUE(tokens.verify(tokens.issue(claims())));
  EXPECT_TRUE(tokens.verify(first));
}

TEST_F(Tokens, RefreshTokensNameTheirSession) {
  const user_id user{random.next_id(time.now())};
  const session_id session{random.next_id(time.now())};
  const refresh_token made = make_refresh_token(user, session, random);
  const auto parsed = parse_refresh_token(made.text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed.value().user, user);
  EXPECT_EQ(parsed.value().session, session);
  EXPECT_EQ(parsed.value().text, made.text);
  EXPECT_EQ(parsed.value().hash, made.hash);
  EXPECT_EQ(made.hash, to_hex(as_bytes(sha256(made.text))));
  EXPECT_NE(made.text, make_refresh_token(user, session, random).text);
}

TEST_F(Tokens, RefuseWhatIsNoRefreshToken) {
  const std::string good = make_refresh_token({}, {}, random).text;
  for (const std::string& text :
       {std::string(), std::string("x"), good + "A", good.substr(1), std::string(86, '!'), good + "=="})
    EXPECT_FALSE(parse_refresh_token(text)) << text;
}

} // namespace
} // namespace palabre::http
