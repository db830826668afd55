#include "projections/users.hpp"

#include "projections/keys.hpp"

namespace palabre::projections {
namespace {

using events::secrets;
using storage::views_batch;

struct user_scene {
  user_id user;
  events::event_meta meta;
  position at;
  views_batch& rows;
};

void put_credential(const user_scene& s, const std::string& hash) {
  s.rows.put(tables::credentials, key_of(s.user),
             events::to_json(credential_row{hash, s.meta.version}, secrets::stored));
}

result<void> fold_one(const user_scene& s, const events::user_registered& e) {
  const user_row row{e.login.value, e.email.value, e.profile, s.meta.time, s.meta.version, false, s.at.value};
  s.rows.put(tables::users, key_of(s.user), events::to_json(row, secrets::stored));
  put_credential(s, e.password_hash.value);
  return success();
}

/// False: there is no such row.
template <class Change>
result<bool> change_row(const user_scene& s, Change change) {
  PALABRE_TRY(auto stored, s.rows.get(tables::users, key_of(s.user)));
  if (!stored) return false;
  PALABRE_TRY(auto row, events::from_json<user_row>("user row", *stored));
  change(row);
  row.changed_at = s.at.value;
  s.rows.put(tables::users, key_of(s.user), events::to_json(row, secrets::stored));
  return true;
}

result<void> fold_one(const user_scene& s, const events::profile_changed& e) {
  PALABRE_TRY(const bool is_there, change_row(s, [&](user_row& row) {
                row.profile = e.profile;
                row.profile_seq = s.meta.version;
              }));
  if (!is_there) return error{errc::corrupt, "a change of a user who never registered"};
  return success();
}

/// Whoever was erased has no row, and is no administrator.
result<void> mark_administrator(const user_scene& s, bool is_one) {
  PALABRE_TRY(change_row(s, [=](user_row& row) { row.administrator = is_one; }));
  return success();
}

result<void> fold_one(const user_scene& s, const events::user_promoted&) {
  return mark_administrator(s, true);
}

result<void> fold_one(const user_scene& s, const events::user_demoted&) {
  return mark_administrator(s, false);
}

result<void> fold_one(const user_scene& s, const events::password_changed& e) {
  put_credential(s, e.password_hash.value);
  return success();
}

// Closed sessions are a queue: numbered rows, and one that says which numbers there are. A row that comes in lets go of
// those in front that are too old by the event's own time, so that the table holds what was closed in a day, and a fold
// of the same log always the same. Times of different streams may differ a little in order: what is behind a younger
// row waits for it to go.

/// Behind all numbers.
const std::string queue_key = "queue";
constexpr std::size_t number_bytes = 8;
/// More than come in, so that the queue gets shorter after a busy day.
constexpr int let_go_at_once_max = 4;
constexpr std::int64_t remembered_ms = std::chrono::milliseconds(closed_session_remembered).count();

struct queue_ends {
  std::uint64_t first = 0, next = 0;
};

error damaged_queue() {
  return {errc::corrupt, "the closed sessions of the views are damaged"};
}

result<queue_ends> queue_ends_in(const std::string* row) {
  if (row == nullptr) return queue_ends{};
  if (row->size() != 2 * number_bytes) return damaged_queue();
  return queue_ends{get_int<std::uint64_t>(row->data()), get_int<std::uint64_t>(row->data() + number_bytes)};
}

/// Lets go of the first row if it is older than `oldest`. False: it stays, or there is none.
result<bool> let_go_of_first(views_batch& rows, queue_ends& queue, std::int64_t oldest) {
  if (queue.first == queue.next) return false;
  const row_key key = key_of(queue.first);
  PALABRE_TRY(const std::string* const row, rows.find(tables::closed_sessions, key));
  if (row == nullptr || row->size() < sizeof oldest) return damaged_queue();
  if (get_int<std::int64_t>(row->data()) >= oldest) return false;
  rows.erase(tables::closed_sessions, key);
  ++queue.first;
  return true;
}

result<void> fold_one(const user_scene& s, const events::session_closed& e) {
  PALABRE_TRY(const std::string* const ends, s.rows.find(tables::closed_sessions, queue_key));
  PALABRE_TRY(queue_ends queue, queue_ends_in(ends));
  std::string closed;
  put_int<std::int64_t>(closed, s.meta.time.ms);
  append_bytes(closed, e.session);
  s.rows.put(tables::closed_sessions, key_of(queue.next++), std::move(closed));
  bool some = true;
  for (int i = 0; i < let_go_at_once_max && some; ++i) {
    PALABRE_TRY(some, let_go_of_first(s.rows, queue, s.meta.time.ms - remembered_ms));
  }
  std::string now;
  put_int<std::uint64_t>(now, queue.first);
  put_int<std::uint64_t>(now, queue.next);
  s.rows.put(tables::closed_sessions, queue_key, std::move(now));
  return success();
}

result<void> fold_one(const user_scene& s, const events::user_erased&) {
  s.rows.erase(tables::users, key_of(s.user));
  s.rows.erase(tables::credentials, key_of(s.user));
  return success();
}

/// Open sessions live in the aggregate alone.
template <class Event>
result<void> fold_one(const user_scene&, const Event&) {
  return success();
}

void fold_login(const log_event& e, const events::login_event& event, views_batch& rows) {
  const row_key key = key_of(e.envelope.stream.id);
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
  const user_scene s{user_id{e.envelope.stream.id}, e.meta(), e.envelope.at, rows};
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

result<std::vector<std::optional<user_row>>> user_queries::users(const std::vector<user_id>& ids) const {
  PALABRE_TRY(const auto stored, views_.get_many(tables::users, keys_of(ids)));
  std::vector<std::optional<user_row>> rows;
  for (const auto& each : stored) {
    rows.emplace_back();
    if (!each) continue;
    PALABRE_TRY(rows.back(), events::from_json<user_row>("user row", *each));
  }
  return rows;
}

result<std::optional<credential_row>> user_queries::credential(user_id user) const {
  PALABRE_TRY(auto stored, views_.get(tables::credentials, key_of(user)));
  if (!stored) return std::optional<credential_row>{};
  PALABRE_TRY(auto row, events::from_json<credential_row>("credential row", *stored));
  return std::optional<credential_row>{std::move(row)};
}

result<void> user_queries::accounts(std::optional<user_id> after,
                                    const std::function<bool(user_id user, const user_row& row)>& visit) const {
  std::string first = after ? key_of(*after) + '\0' : std::string{};
  const std::string end(sizeof(uuid) + 1, '\xFF');
  result<void> sound = success();
  PALABRE_TRY(views_.range(tables::users, first, end, true, [&](std::string_view key, std::string_view stored) {
    const auto row = events::from_json<user_row>("user row", stored);
    if (!row) {
      sound = row.error();
      return false;
    }
    return visit(user_id{uuid_from_bytes(key.data())}, row.value());
  }));
  return sound;
}

result<std::vector<session_id>> user_queries::sessions_closed_since(timestamp since) const {
  std::vector<session_id> closed;
  bool sound = true;
  PALABRE_TRY(views_.range(tables::closed_sessions, "", queue_key, true, [&](std::string_view, std::string_view row) {
    sound = row.size() == sizeof since.ms + session_id{}.bytes.size();
    if (sound && get_int<std::int64_t>(row.data()) >= since.ms)
      closed.emplace_back(uuid_from_bytes(row.data() + sizeof since.ms));
    return sound;
  }));
  if (!sound) return damaged_queue();
  return closed;
}

} // namespace palabre::projections
