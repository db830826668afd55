#include "projections/users.hpp"

#include "projections/keys.hpp"
#include "projections/tables.hpp"

namespace palabre::projections {
namespace {

using events::secrets;
using storage::views_batch;

struct scene {
  user_id user;
  events::event_meta meta;
  views_batch& rows;
};

void put_credential(const scene& s, const std::string& hash) {
  s.rows.put(tables::credentials, key_of(s.user),
             events::to_json(credential_row{hash, s.meta.version}, secrets::stored));
}

result<void> fold_one(const scene& s, const events::user_registered& e) {
  const user_row row{e.login.value, e.email.value, e.profile, s.meta.time, s.meta.version};
  s.rows.put(tables::users, key_of(s.user), events::to_json(row, secrets::stored));
  put_credential(s, e.password_hash.value);
  return success();
}

result<void> fold_one(const scene& s, const events::profile_changed& e) {
  PALABRE_TRY(auto stored, s.rows.get(tables::users, key_of(s.user)));
  if (!stored) return error{errc::corrupt, "a change of a user who never registered"};
  PALABRE_TRY(auto row, events::from_json<user_row>("user row", *stored));
  row.profile = e.profile;
  row.profile_seq = s.meta.version;
  s.rows.put(tables::users, key_of(s.user), events::to_json(row, secrets::stored));
  return success();
}

result<void> fold_one(const scene& s, const events::password_changed& e) {
  put_credential(s, e.password_hash.value);
  return success();
}

result<void> fold_one(const scene& s, const events::session_closed& e) {
  s.rows.put(tables::closed_sessions, key_of(static_cast<std::uint64_t>(s.meta.time.ms), e.session), {});
  return success();
}

result<void> fold_one(const scene& s, const events::user_erased&) {
  s.rows.erase(tables::users, key_of(s.user));
  s.rows.erase(tables::credentials, key_of(s.user));
  return success();
}

/// Open sessions live in the aggregate alone.
template <class Event>
result<void> fold_one(const scene&, const Event&) {
  return success();
}

void fold_login(const log_event& e, const events::login_event& event, views_batch& rows) {
  const std::string key = key_of(e.envelope.stream.id);
  if (const auto* claimed = std::get_if<events::login_claimed>(&event))
    rows.put(tables::logins, key, key_of(claimed->user));
  else
    rows.erase(tables::logins, key);
}

} // namespace

result<void> users::fold(const log_event& e, views_batch& rows) {
  if (const auto* login = std::get_if<events::login_event>(&e.event)) fold_login(e, *login, rows);
  const auto* event = std::get_if<events::user_event>(&e.event);
  if (!event) return success();
  const scene s{user_id{e.envelope.stream.id}, e.meta(), rows};
  return std::visit([&](const auto& what) { return fold_one(s, what); }, *event);
}

// ---- Queries

result<std::optional<user_id>> user_queries::by_login(const stream_id& login_stream) const {
  PALABRE_TRY(auto stored, views_.get(tables::logins, key_of(login_stream.id)));
  if (!stored) return std::optional<user_id>{};
  return std::optional<user_id>{user_id{uuid_from_bytes(stored->data())}};
}

result<std::optional<user_row>> user_queries::user(user_id user) const {
  PALABRE_TRY(auto stored, views_.get(tables::users, key_of(user)));
  if (!stored) return std::optional<user_row>{};
  PALABRE_TRY(auto row, events::from_json<user_row>("user row", *stored));
  return std::optional<user_row>{std::move(row)};
}

result<std::optional<credential_row>> user_queries::credential(user_id user) const {
  PALABRE_TRY(auto stored, views_.get(tables::credentials, key_of(user)));
  if (!stored) return std::optional<credential_row>{};
  PALABRE_TRY(auto row, events::from_json<credential_row>("credential row", *stored));
  return std::optional<credential_row>{std::move(row)};
}

result<std::vector<session_id>> user_queries::sessions_closed_since(timestamp since) const {
  std::vector<session_id> closed;
  const std::string end(24, '\xFF');
  PALABRE_TRY(views_.range(tables::closed_sessions, key_of(static_cast<std::uint64_t>(since.ms)), end, true,
                           [&](std::string_view key, std::string_view) {
                             closed.emplace_back(uuid_from_bytes(key.data() + 8));
                             return true;
                           }));
  return closed;
}

} // namespace palabre::projections
