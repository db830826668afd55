// What does it cost to know who asks? Unit: ns per request. Workload: one of 256 valid access tokens; "known" has been
// checked before and is looked up, "new" is checked in full (HMAC and two JSON parses) and remembered.

#include "base/assert.hpp"
#include "base/digest.hpp"
#include "bench/micro/operation.hpp"
#include "bench/micro/typical_message.hpp"
#include "http/tokens.hpp"

#include <optional>

namespace palabre::micro {
namespace {

constexpr std::size_t token_count = 256;

/// A token as the server issues them, but for its id, which is random there: the same in every run.
std::string token_number(std::uint64_t number, const std::string& key) {
  const std::string payload = R"({"exp":)" + std::to_string(noon.ms / 1'000 + 900) + R"(,"iat":)" +
                              std::to_string(noon.ms / 1'000) + R"(,"jti":")" + to_text(numbered_id(5, number)) +
                              R"(","sid":")" + to_text(numbered_id(4, number)) + R"(","sub":")" +
                              to_text(numbered_user(number)) + R"("})";
  const std::string body = to_base64url(R"({"alg":"HS256","typ":"JWT"})") + "." + to_base64url(payload);
  return body + "." + to_base64url(as_bytes(hmac_sha256(key, body)));
}

class stopped_clock final : public clock {
public:
  timestamp now() const override { return noon; }
};

class check_token {
public:
  explicit check_token(bool known) : known_(known) {
    for (std::size_t i = 0; i < token_count; ++i) tokens_.push_back(token_number(i, key_));
  }

  http::access_claims operator()() {
    const std::size_t at = next_++ % token_count;
    if (at == 0 && (!known_ || !authority_)) authority_.emplace(key_, time_); // it knows nobody
    const auto claims = authority_->verify(tokens_[at]);
    PALABRE_ASSERT(claims.has_value());
    return claims.value();
  }

private:
  const bool known_;
  const std::string key_ = std::string(32, 'k');
  const stopped_clock time_;
  std::vector<std::string> tokens_;
  std::optional<http::token_authority> authority_;
  std::size_t next_ = 0;
};

const registration token_check_registered[] = {
    measure<check_token>("http/tokens/verify/known", true).gated(4 * token_count),
    measure<check_token>("http/tokens/verify/new", false).gated(4 * token_count),
};

} // namespace
} // namespace palabre::micro
