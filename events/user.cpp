#include "events/user.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "events/inbox.hpp"
#include "events/refusals.hpp"

#include <algorithm>

namespace palabre::events {
namespace {

using user_outcome = result<decided<user_event>>;

template <class... Event>
decided<user_event> only(Event... events) {
  decided<user_event> d;
  (d.events.emplace_back(std::move(events)), ...);
  return d;
}

user_outcome on(const user_state& state, const register_user& c, const command_meta& meta) {
  if (state.exists || state.erased) return error{errc::conflict, "this account exists"};
  auto d = only(user_registered{{c.login}, {c.email}, c.profile, {c.password_hash}}, c.session);
  d.claims.push_back({c.login_stream, encode_one(login_claimed{meta.actor})});
  return d;
}

user_outcome on(const user_state& state, const change_profile& c, const command_meta&) {
  if (c.based_on && *c.based_on != state.profile) return error{errc::stale_facts, "the profile was changed meanwhile"};
  if (c.profile == state.profile) return only();
  return only(profile_changed{c.profile});
}

user_outcome on(const user_state& state, const change_password& c, const command_meta&) {
  if (c.proved_at != state.password_version) return error{errc::conflict, "the password was changed meanwhile"};
  auto d = only(password_changed{{c.password_hash}});
  for (const user_session& session : state.sessions)
    if (session.id != c.kept) d.events.emplace_back(session_closed{session.id, session_end::password_changed});
  return d;
}

user_outcome on(const user_state& state, const open_session& c, const command_meta& meta) {
  if (c.proved_at != state.password_version)
    return error{errc::wrong_credentials, "the password was changed meanwhile"};
  decided<user_event> d;
  std::size_t live = 0;
  for (const user_session& session : state.sessions) {
    if (session.expires_at > meta.now)
      ++live;
    else
      d.events.emplace_back(session_closed{session.id, session_end::expired});
  }
  if (live >= limits::sessions_per_user_max)
    return error{errc::limit_exceeded, "sessions_per_user: at most " + std::to_string(limits::sessions_per_user_max)};
  d.events.emplace_back(c.session);
  return d;
}

/// What a presented refresh token is worth: nothing, a refusal that ends the session, or access.
user_outcome check_token(const user_state& state, session_id id, const std::string& presented, timestamp now) {
  const auto found = std::find_if(state.sessions.begin(), state.sessions.end(), [&](auto& s) { return s.id == id; });
  if (found == state.sessions.end()) return error{errc::unauthenticated, "this session has ended"};
  const user_session& session = *found;
  if (equal_in_constant_time(session.token_hash, presented)) {
    if (session.expires_at <= now) return error{errc::token_expired, "this session has expired"};
    return decided<user_event>{};
  }
  const bool spent = std::any_of(session.spent.begin(), session.spent.end(),
                                 [&](const std::string& hash) { return equal_in_constant_time(hash, presented); });
  if (!spent) return error{errc::unauthenticated, "this is not a refresh token of the session"};
  auto d = only(session_closed{id, session_end::token_reused});
  d.refusal = error{errc::unauthenticated, std::string(token_was_used_before)};
  return d;
}

user_outcome on(const user_state& state, const refresh_session& c, const command_meta& meta) {
  PALABRE_TRY(auto d, check_token(state, c.session, c.presented_hash, meta.now));
  if (!d.refusal) d.events.emplace_back(session_refreshed{c.session, {c.next_hash}, c.next_expires_at});
  return d;
}

user_outcome on(const user_state& state, const close_session& c, const command_meta& meta) {
  PALABRE_TRY(auto d, check_token(state, c.session, c.presented_hash, meta.now));
  if (!d.refusal) d.events.emplace_back(session_closed{c.session, session_end::logout});
  return d;
}

template <class Event>
user_outcome if_any(result<std::optional<Event>> decided) {
  PALABRE_TRY(auto event, std::move(decided));
  return event ? only(std::move(*event)) : only();
}

user_outcome on(const user_state& state, const set_presence& c, const command_meta& meta) {
  return if_any(decide(state.presence, c, meta.now));
}

user_outcome on(const user_state& state, const note_presence& c, const command_meta& meta) {
  return if_any(decide(state.presence, c, meta.now));
}

user_outcome on(const user_state& state, const configure_presence& c, const command_meta&) {
  return if_any(decide(state.presence, c));
}

/// A note to oneself.
template <class Event>
user_outcome noted(const command_meta& meta, const Event& event) {
  decided<user_event> d;
  d.notes.push_back(note_to(meta.actor, event));
  return d;
}

user_outcome on(const user_state&, const advance_read& c, const command_meta& meta) {
  return noted(meta, read_advanced{c.room, c.seq});
}

user_outcome on(const user_state&, const choose_notifications& c, const command_meta& meta) {
  return noted(meta, notifications_chosen{c.room, c.level});
}

user_outcome on(const user_state& state, const save_draft& c, const command_meta& meta) {
  auto d = only(draft_saved{c.room, {c.body}, c.reply_to});
  d.notes.push_back(note_to(meta.actor, draft_changed{c.room, state.version + 1}));
  return d;
}

user_outcome on(const user_state&, const discard_draft& c, const command_meta& meta) {
  return noted(meta, draft_changed{c.room, 0});
}

bool shows_presence(const presence_state& presence) {
  return presence.status != presence_status::offline || presence.manual || presence.text;
}

user_outcome on(const user_state& state, const erase_user& c, const command_meta& meta) {
  decided<user_event> d;
  if (state.erased) return d;
  if (shows_presence(state.presence)) {
    presence_changed gone; // offline, and nothing else
    gone.boot = state.presence.boot;
    d.events.emplace_back(std::move(gone));
  }
  for (const user_session& session : state.sessions)
    d.events.emplace_back(session_closed{session.id, session_end::user_erased});
  d.events.emplace_back(user_erased{c.key_id});
  for (const stream_id& login : c.logins)
    d.claims.push_back({login, encode_one(login_released{user_id{meta.aggregate}})});
  return d;
}

user_outcome on(const user_state& state, const promote_user&, const command_meta&) {
  return state.administrator ? only() : only(user_promoted{});
}

user_outcome on(const user_state& state, const demote_user&, const command_meta&) {
  return state.administrator ? only(user_demoted{}) : only();
}

void apply(user_state& state, const user_registered& e, const event_meta& meta) {
  state.exists = true;
  state.login = e.login.value;
  state.email = e.email.value;
  state.profile = e.profile;
  state.password_hash = e.password_hash.value;
  state.password_version = meta.version;
  state.created_at = meta.time;
}

void apply(user_state& state, const profile_changed& e, const event_meta&) {
  state.profile = e.profile;
}

void apply(user_state& state, const password_changed& e, const event_meta& meta) {
  state.password_hash = e.password_hash.value;
  state.password_version = meta.version;
}

void apply(user_state& state, const session_opened& e, const event_meta&) {
  state.sessions.push_back({e.session, e.token_hash.value, e.expires_at, {}});
}

void apply(user_state& state, const session_refreshed& e, const event_meta&) {
  const auto found =
      std::find_if(state.sessions.begin(), state.sessions.end(), [&](auto& s) { return s.id == e.session; });
  PALABRE_ASSERT(found != state.sessions.end()); // decide() refreshes open sessions only
  user_session& session = *found;
  session.spent.push_back(std::exchange(session.token_hash, e.token_hash.value));
  if (session.spent.size() > limits::spent_tokens_per_session_max) session.spent.erase(session.spent.begin());
  session.expires_at = e.expires_at;
}

void apply(user_state& state, const session_closed& e, const event_meta&) {
  std::erase_if(state.sessions, [&](const user_session& s) { return s.id == e.session; });
}

void apply(user_state& state, const presence_changed& e, const event_meta&) {
  evolve(state.presence, e);
}

void apply(user_state& state, const presence_configured& e, const event_meta&) {
  evolve(state.presence, e);
}

void apply(user_state&, const draft_saved&, const event_meta&) {}

/// Nothing is left but that it was there.
void apply(user_state& state, const user_erased&, const event_meta&) {
  const stream_version version = state.version;
  state = {};
  state.erased = true;
  state.version = version;
}

void apply(user_state& state, const user_promoted&, const event_meta&) {
  state.administrator = true;
}

void apply(user_state& state, const user_demoted&, const event_meta&) {
  state.administrator = false;
}

} // namespace

result<decided<user_event>> decide(const user_state& state, const user_command& command, const command_meta& meta) {
  const bool may_be_missing =
      std::holds_alternative<register_user>(command) || (state.erased && std::holds_alternative<erase_user>(command));
  if (!state.exists && !may_be_missing) return error{errc::not_found, "there is no such account"};
  return std::visit([&](const auto& c) { return on(state, c, meta); }, command);
}

void evolve(user_state& state, const user_event& event, const event_meta& meta) {
  PALABRE_ASSERT(meta.version == state.version + 1);
  std::visit([&](const auto& e) { apply(state, e, meta); }, event);
  state.version = meta.version;
  state.last_time = meta.time;
}

std::optional<std::string> canonical_login(std::string_view text) {
  if (text.size() < limits::login_bytes_min || text.size() > limits::login_bytes_max) return std::nullopt;
  std::string login(text);
  for (char& c : login) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    if (!allowed) return std::nullopt;
  }
  return login;
}

} // namespace palabre::events
