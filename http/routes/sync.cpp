// Everything that a client shows first, in one answer; and then what has changed of it.

#include "base/bytes.hpp"
#include "base/json_writer.hpp"
#include "base/limits.hpp"
#include "events/inbox.hpp"
#include "http/query.hpp"
#include "http/routes/answers.hpp"
#include "http/routes/cursor.hpp"
#include "http/routes/offers.hpp"
#include "http/routes/parameters.hpp"
#include "http/routes/render.hpp"
#include "http/routes/room_answers.hpp"
#include "http/routes/room_commands.hpp"
#include "http/routes/routes.hpp"

#include <unordered_set>

namespace palabre::http {
namespace {

using boost::asio::awaitable;
using projections::room_glance;
using projections::room_row;
using listed_room = projections::roster_queries::listed_room;

/// What an answer was true for. Rows may have been newer: what changed since then is told again.
struct sync_mark {
  position at;
  stream_version inbox = 0;
  timestamp time;
  std::string epoch;
};

std::string packed(const sync_mark& mark) {
  std::string out;
  put_int<std::uint64_t>(out, mark.at.value);
  put_int<std::uint64_t>(out, mark.inbox);
  put_int<std::int64_t>(out, mark.time.ms);
  return out + mark.epoch;
}

std::optional<sync_mark> unpacked(std::string_view packed) {
  constexpr std::size_t numbers = 3 * 8;
  if (packed.size() < numbers) return std::nullopt;
  byte_reader in(packed.substr(0, numbers));
  sync_mark mark;
  mark.at = {in.integer<std::uint64_t>()};
  mark.inbox = in.integer<std::uint64_t>();
  mark.time = {in.integer<std::int64_t>()};
  mark.epoch = packed.substr(numbers);
  return mark;
}

std::string cursors_of(user_id user) {
  return "sync:" + to_text(user);
}

/// `?since=`; nullopt: there is none, or it is from before the log was restored.
std::optional<sync_mark> read_since(services& s, const call& c, query_reader& query) {
  const std::string* given = c.query_value("since");
  if (!given) return std::nullopt;
  const auto text = read_cursor(s.name_key, cursors_of(c.user()), *given);
  auto mark = text ? unpacked(*text) : std::nullopt;
  if (!mark) query.refuse("since", "not_a_cursor", "use the cursor of an answer that you got");
  if (!mark || mark->epoch != s.log.epoch()) return std::nullopt;
  return mark;
}

/// What a user's inbox tells of.
struct told_rooms {
  std::unordered_set<room_id> any;
  std::unordered_set<room_id> left; ///< for good or not
};

void take_in(told_rooms& told, const events::inbox_event& event) {
  told.any.insert(std::visit([](const auto& e) { return e.room; }, event));
  if (const auto* left = std::get_if<events::inbox_left>(&event)) told.left.insert(left->room);
  if (const auto* kicked = std::get_if<events::inbox_kicked>(&event)) told.left.insert(kicked->room);
  if (const auto* banned = std::get_if<events::inbox_banned>(&event)) told.left.insert(banned->room);
}

/// Since then. nullopt: of more than is worth reading.
result<std::optional<told_rooms>> rooms_told_of(services& s, user_id user, stream_version since, stream_version head) {
  constexpr std::size_t events_max = 1'000, bytes_max = 1'024 * 1'024;
  told_rooms rooms;
  if (since >= head) return std::optional(std::move(rooms));
  const auto found = s.log.events_of(events::inbox_of(user), since, head, events_max, bytes_max);
  if (!found && found.error().code == errc::not_found) return std::optional<told_rooms>{}; // moved away
  if (!found) return found.error();
  if (!found.value().complete) return std::optional<told_rooms>{};
  for (const storage::committed_record& r : found.value().records) {
    PALABRE_TRY(const auto event, events::decode<events::inbox_event>(r.view.type, r.view.schema, r.view.payload));
    take_in(rooms, event);
  }
  return std::optional(std::move(rooms));
}

/// What is true now for one person.
struct scene {
  sync_mark now;
  std::optional<sync_mark> since; ///< nullopt: all of it is told
  std::vector<listed_room> rooms; ///< that may be told of
  told_rooms told_of;
  std::vector<std::optional<projections::user_row>> peers; ///< of the direct rooms among `rooms`, in their order

  bool is_new(position changed_at) const { return !since || changed_at > since->at; }
  bool is_new(const projections::user_row& row) const { return is_new(position{row.changed_at}); }
};

void append_id(std::string& list, const uuid& id) {
  if (list.size() > 1) list += ',';
  list += '"' + to_text(id) + '"';
}

user_id peer_in(const room_row& row, user_id user) {
  return row.owner == user ? *row.peer : row.owner;
}

/// A room, but for what its peer says. When nothing happened in it, `messages_today` may still be another number by
/// now.
template <class Room>
bool has_changed(const scene& is, const Room& room) {
  return is.is_new(room.last_at) || is.told_of.any.contains(room.room) ||
         room.messages_on(is.since->time) != room.messages_on(is.now.time);
}

/// Requires: the views have reached `inbox`, a version of the user's inbox: what it tells of must be in the rows.
/// Errors: io, corrupt, from_the_future.
result<scene> look(services& s, user_id user, std::optional<sync_mark> since, stream_version inbox) {
  scene is;
  is.since = std::move(since);
  is.now = {s.views.applied(), inbox, s.time.now(), s.log.epoch()}; // before any row is read
  if (is.since) {
    PALABRE_TRY(auto told, rooms_told_of(s, user, is.since->inbox, is.now.inbox));
    if (told)
      is.told_of = std::move(*told);
    else
      is.since.reset();
  }
  if (is.since) {
    const auto may_be_told_of = [&is](const room_glance& each) { return each.is_direct || has_changed(is, each); };
    PALABRE_TRY(is.rooms, s.roster.rooms_of(user, may_be_told_of));
  } else {
    PALABRE_TRY(auto all, s.roster.rooms_of(user, std::nullopt, limits::rooms_per_user_max));
    is.rooms = std::move(all.items);
  }
  std::vector<user_id> peers;
  for (const listed_room& each : is.rooms)
    if (each.row.peer) peers.push_back(peer_in(each.row, user));
  PALABRE_TRY(is.peers, s.users.users(peers));
  return is;
}

/// The rooms to tell of. `users` gets the JSON of the people, `gone` the ids of those who have no account any more:
/// that is told each time, because no row says since when.
std::vector<listed_room> changed_rooms(scene& is, user_id user, std::string& users, std::string& gone) {
  std::vector<listed_room> changed;
  changed.reserve(is.rooms.size());
  auto peer = is.peers.begin();
  for (listed_room& each : is.rooms) {
    bool is_new = has_changed(is, each.row);
    if (each.row.peer) {
      const auto& row = *peer++;
      is_new = is_new || !row || is.is_new(*row);
      if (!row) append_id(gone, peer_in(each.row, user));
      if (is_new && row) {
        if (users.size() > 1) users += ',';
        users += render_user(peer_in(each.row, user), *row, profile_of::other);
      }
    }
    if (is_new) changed.push_back(std::move(each));
  }
  return changed;
}

std::string left_rooms(const scene& is) {
  std::unordered_set<room_id> gone = is.told_of.left;
  for (const listed_room& each : is.rooms) gone.erase(each.row.room);
  std::string out = "[";
  for (const room_id each : gone) append_id(out, each);
  return out + ']';
}

void append_position(std::string& out, std::string_view channel, const uuid& of, stream_version offset,
                     std::string_view epoch) {
  if (!out.ends_with('{')) out += ',';
  out += '"';
  out += channel;
  out += ':';
  append_text(out, of);
  out += R"(":{"offset":)";
  append_json_uint(out, offset);
  out += R"(,"epoch":")";
  out += epoch;
  out += R"("})";
}

result<std::string> render(services& s, user_id user, scene is) {
  PALABRE_TRY(const auto me, s.users.user(user));
  if (!me) return error{errc::unauthenticated, "this account is gone"};
  const std::string left = is.since ? left_rooms(is) : "[]";
  std::string users = "[", gone = "[";
  const auto changed = changed_rooms(is, user, users, gone);
  PALABRE_TRY(const auto invitations, s.invitations.of_user(user, std::nullopt, limits::page_items_max));
  PALABRE_TRY(const std::string offers, render_offers(s, user, invitations.items));
  constexpr std::size_t usual_position_bytes = 104;
  std::string out;
  out.reserve(changed.size() * (usual_room_bytes + usual_position_bytes) + left.size() + offers.size() + users.size() +
              gone.size() + 2048); // and the cursor, and oneself
  out += R"({"cursor":")" + make_cursor(s.name_key, cursors_of(user), packed(is.now));
  out += is.since ? R"(","full":false)" : R"(","full":true)";
  out += R"(,"me":)" + (is.is_new(*me) ? render_user(user, *me, profile_of::self) : std::string("null"));
  out += R"(,"rooms":)";
  PALABRE_TRY(append_listed_rooms(out, s, user, changed));
  out += R"(,"left_room_ids":)" + left;
  out += R"(,"invitations":)" + offers;
  out += R"(,"users":)" + users + R"(],"gone_user_ids":)" + gone + R"(],"positions":{)";
  for (const listed_room& each : changed) append_position(out, "room", each.row.room, each.row.last_seq, is.now.epoch);
  append_position(out, "user", user, is.now.inbox, is.now.epoch);
  out += "}}";
  return out;
}

result<std::string> answer_sync(services& s, user_id user, const std::optional<sync_mark>& since,
                                stream_version inbox) {
  PALABRE_TRY(auto is, look(s, user, since, inbox));
  return render(s, user, std::move(is));
}

awaitable<answer_or_problem> sync(services& s, call& c) {
  query_reader query(c);
  const auto since = read_since(s, c, query);
  if (!query.ok()) co_return query.take_problem();
  const auto inbox = s.log.head_of(events::inbox_of(c.user()));
  if (!inbox) co_return problem_of(inbox.error());
  const auto reached = co_await wait_for_head(s);
  if (!reached) co_return problem_of(reached.error());
  const auto rooms = s.roster.room_count_of(c.user());
  if (!rooms) co_return problem_of(rooms.error());
  auto making = answer_about_rooms(
      s, rooms.value(), [&s, user = c.user(), since, at = inbox.value()] { return answer_sync(s, user, since, at); });
  auto body = co_await std::move(making);
  if (!body) co_return problem_of(body.error());
  answer a = json_answer(200, std::move(body).value());
  a.holds_secrets = true; // codes
  co_return a;
}

} // namespace

std::span<const route> sync_routes() {
  static constexpr route rows[] = {
      {.name = "sync",
       .tag = "Rooms",
       .method = verb::get,
       .path = "/api/v1/sync",
       .needs = access::user,
       .run = sync,
       .summary = "All that a client shows first, in one answer. Your profile, your rooms, the people of your direct "
                  "rooms, and where to subscribe from. With `since` only what has changed: rooms and people take the "
                  "place of those with the same id, `me` is null where it is as it was, rooms in `left_room_ids` are "
                  "no longer yours, and people in `gone_user_ids` have no account any more. `invitations` is each time "
                  "what is open of the first 200 of your invitations. `full`: what one had is to be forgotten.",
       .gives = answers_a<sync_answer>,
       .query = {&parameters::since},
       .rate = rate_class::look_back},
  };
  return rows;
}

} // namespace palabre::http
