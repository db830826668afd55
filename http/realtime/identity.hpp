#pragma once
#include "http/tokens.hpp"

#include <memory>
#include <optional>
#include <string>

namespace palabre::http::realtime {

/// A user whom another system vouches for: there is no account here.
struct foreign_user {
  std::string name; ///< what that system calls them; empty: it vouches for a guest
  std::string info; ///< JSON that is shown with what they do; empty: none
};

/// Who is on a connection.
struct identity {
  enum class kind : std::uint8_t { nobody, account, foreign };

  kind what = kind::nobody;
  user_id user;       ///< the account; of a foreign user: made of the name; nil: nobody
  session_id session; ///< of an account
  std::optional<timestamp> expires_at;
  std::shared_ptr<const foreign_user> foreign; ///< with a token of another system: of nobody too

  static identity of(const access_claims& claims) {
    return {kind::account, claims.user, claims.session, claims.expires_at, nullptr};
  }
  bool is_account() const { return what == kind::account; }
  /// As clients see it: the account's id, the foreign name, or nothing.
  std::string name() const {
    if (foreign) return foreign->name;
    return is_account() ? to_text(user) : std::string();
  }
};

} // namespace palabre::http::realtime
