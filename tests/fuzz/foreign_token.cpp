// Tokens of another system: as they come, and with what they say signed with the right key.
#include "fuzz.hpp"

#include "base/digest.hpp"
#include "base/limits.hpp"
#include "http/realtime/foreign_tokens.hpp"

namespace palabre::fuzz {

namespace {

const std::string key = "a secret of another backend, long enough";

class fixed_clock final : public clock {
public:
  timestamp now() const override { return {1'700'000'000'000}; }
};

std::string signed_token(std::string_view claims) {
  const std::string body = to_base64url(R"({"alg":"HS256","typ":"JWT"})") + "." + to_base64url(claims);
  return body + "." + to_base64url(as_bytes(hmac_sha256(key, body)));
}

} // namespace

void look_at(std::string_view input) {
  static const fixed_clock time;
  static const http::realtime::foreign_tokens tokens(key, time);
  PALABRE_ASSERT(!tokens.verify_connection(input) && !tokens.verify_subscription(input));
  const std::string token = signed_token(input);
  if (const auto connection = tokens.verify_connection(token))
    for (const auto& granted : connection.value().channels)
      PALABRE_ASSERT(granted.channel.size() <= limits::channel_bytes_max);
  if (const auto subscription = tokens.verify_subscription(token))
    PALABRE_ASSERT(subscription.value().channel.size() <= limits::channel_bytes_max);
}

} // namespace palabre::fuzz
