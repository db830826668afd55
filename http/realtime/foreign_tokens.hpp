#pragma once
// Tokens by which another system vouches for its users: JWTs signed with HS256 and a key that both have, with the
// claims that Centrifugo knows.

#include "base/clock.hpp"
#include "http/realtime/identity.hpp"
#include "http/realtime/subscription_grant.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::http::realtime {

/// A channel that the server subscribes the connection to.
struct granted_channel {
  std::string channel;
  subscription_grant grant;
};

/// {sub, exp, nbf, expire_at, info, b64info, channels, subs}. Without `sub` it is nobody's; `meta` is of no use here.
struct connection_claims {
  identity who;
  std::vector<granted_channel> channels; ///< of `channels` and `subs`, each once
};

/// {sub, channel, client, exp, nbf, expire_at, info, b64info, data, b64data, override}
struct subscription_claims {
  std::string user, channel;
  std::string client; ///< empty: any
  std::optional<timestamp> expires_at;
  subscription_grant grant;
};

/// Checks tokens. The algorithm is HS256 whatever a token says. Threads: any; immutable.
class foreign_tokens {
public:
  /// Requires: no key (then no token is valid), or one of at least 32 bytes.
  foreign_tokens(std::string key, const clock& time);

  // Errors: token_expired: `exp` has passed, or `nbf` has not; unauthenticated: anything else that is wrong.
  // `expire_at` takes the place of `exp` in what is answered (0: never) and may have passed.
  result<connection_claims> verify_connection(std::string_view token) const;
  result<subscription_claims> verify_subscription(std::string_view token) const;

private:
  bool is_signed(std::string_view token) const;
  result<json_object> claims_of(std::string_view token, outside_json& reading) const;

  const std::string key_;
  const clock& time_;
};

/// Of a foreign user: made of the name, so that it is the same in every connection.
user_id foreign_user_id(std::string_view name);

} // namespace palabre::http::realtime
