#pragma once
// Accounts: who a login is, what a profile says, which password proves it, which sessions ended.

#include "events/user.hpp"
#include "projections/projection.hpp"

namespace palabre::projections {

class users final : public projection {
public:
  std::string_view name() const override { return "users"; }
  std::uint32_t version() const override { return 2; }
  result<void> fold(const log_event& e, storage::views_batch& rows) override;
};

struct user_row {
  std::string login;
  std::optional<std::string> email;
  events::user_profile profile;
  timestamp created_at;
  stream_version profile_seq = 0; ///< of the last event that changed the profile (ETag)
};

BOOST_DESCRIBE_STRUCT(user_row, (), (login, email, profile, created_at, profile_seq))

struct credential_row {
  std::string password_hash;
  stream_version proved_at = 0; ///< version of the event that set it
};

BOOST_DESCRIBE_STRUCT(credential_row, (), (password_hash, proved_at))

/// Reads from any thread. Errors of all: io, corrupt.
class user_queries {
public:
  explicit user_queries(const storage::views_store& views) : views_(views) {}

  result<std::optional<user_id>> by_login(const stream_id& login_stream) const;
  result<std::optional<user_row>> user(user_id user) const;
  result<std::optional<credential_row>> credential(user_id user) const;
  /// Sessions that were closed at or after `since`: their access tokens may not have expired yet.
  result<std::vector<session_id>> sessions_closed_since(timestamp since) const;

private:
  const storage::views_store& views_;
};

} // namespace palabre::projections
