#pragma once
// Proofs of identity: access tokens (JWT, HS256, short-lived, checked without a look-up but for ended sessions) and
// refresh tokens (opaque, stored as a hash, rotated).

#include "base/clock.hpp"
#include "base/digest.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "storage/record.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::http {

/// What a valid access token says.
struct access_claims {
  user_id user;
  session_id session;
  timestamp expires_at;
};

/// Threads: all members from any thread.
class token_authority {
public:
  /// Requires: a key of at least 32 bytes.
  token_authority(std::string signing_key, const clock& time);
  ~token_authority();

  std::string issue(const access_claims& claims) const;
  /// The algorithm is HS256 whatever the token says. Checked tokens are remembered until they expire (bounded).
  /// Errors: token_expired; unauthenticated: anything else, an ended session included; unavailable: held.
  result<access_claims> verify(std::string_view token) const;

  /// Until release() nothing is proved: it is not known yet which sessions have ended.
  void hold();
  void release();

  /// From now on access tokens of this session prove nothing. Remembered until the last of them has expired.
  void end_session(session_id session);
  bool has_ended(session_id session) const;
  /// Ends the sessions that this batch closed. A listener of the journal: never blocks for long.
  void hear(const storage::committed_batch& batch);

private:
  struct state;
  std::unique_ptr<state> state_;
};

/// A refresh token names its user and session, so that it finds its actor; the rest is 32 random bytes.
struct refresh_token {
  user_id user;
  session_id session;
  std::string text; ///< what the client holds
  std::string hash; ///< hex SHA-256 of `text`: what is stored
};
refresh_token make_refresh_token(user_id user, session_id session, randomness& random);
/// Errors: unauthenticated: not of that form.
result<refresh_token> parse_refresh_token(std::string_view text);

} // namespace palabre::http
