#pragma once
// Accounts: who a login is, what a profile says, which password proves it, which sessions ended.

#include "events/user.hpp"
#include "projections/projection.hpp"
#include "projections/tables.hpp"

#include <chrono>
#include <functional>

namespace palabre::projections {

/// How long a session that was closed is remembered: an access token of it may live as long.
constexpr std::chrono::hours closed_session_remembered{24};

class users final : public projection {
public:
  std::string_view name() const override { return "users"; }
  std::uint32_t version() const override { return 4; }
  std::span<const storage::table> owned_tables() const override { return tables::of_users; }
  result<void> fold(const log_event& e, storage::views_batch& rows) override;
};

struct user_row {
  std::string login;
  std::optional<std::string> email;
  events::user_profile profile;
  timestamp created_at;
  stream_version profile_seq = 0; ///< of the last event that changed the profile (ETag)
  bool administrator = false;     ///< was promoted; the configuration may name others (http/services.hpp)
  std::uint64_t changed_at = 0;   ///< where the last change of any of this is in the log
};

BOOST_DESCRIBE_STRUCT(user_row, (), (login, email, profile, created_at, profile_seq, administrator, changed_at))

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
  /// One for each id, in their order; nullopt: there is no such account. One look-up of many.
  result<std::vector<std::optional<user_row>>> users(const std::vector<user_id>& ids) const;
  result<std::optional<credential_row>> credential(user_id user) const;
  /// Accounts behind `after`, in the order of their ids, until `visit` answers false.
  result<void> accounts(std::optional<user_id> after,
                        const std::function<bool(user_id user, const user_row& row)>& visit) const;
  /// Sessions that were closed at or after `since`, which is no longer ago than closed_session_remembered: their access
  /// tokens may not have expired yet.
  result<std::vector<session_id>> sessions_closed_since(timestamp since) const;

private:
  const storage::views_store& views_;
};

} // namespace palabre::projections
