// Who has which role in a room, who is sent away, and who may not speak or come back.

#include "base/limits.hpp"
#include "events/streams.hpp"
#include "http/idempotency.hpp"
#include "http/query.hpp"
#include "http/routes/answers.hpp"
#include "http/routes/list_cursors.hpp"
#include "http/routes/parameters.hpp"
#include "http/routes/render.hpp"
#include "http/routes/room_answers.hpp"
#include "http/routes/room_commands.hpp"
#include "http/routes/room_event.hpp"
#include "http/routes/routes.hpp"
#include "http/schema.hpp"

namespace palabre::http {
namespace {

using boost::asio::awaitable;
using projections::sanction_kind;

/// The owner's is handed over, not given.
enum class given_role : std::uint8_t { member, moderator, admin };
BOOST_DESCRIBE_ENUM(given_role, member, moderator, admin)

struct role_body {
  static constexpr std::string_view shape_name = "RoleChange";
  static constexpr std::string_view example = R"({"role":"moderator"})";
  given_role role{};
};
BOOST_DESCRIBE_STRUCT(role_body, (), (role))

struct owner_body {
  static constexpr std::string_view shape_name = "NewOwner";
  static constexpr std::string_view example = R"({"user_id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c12"})";
  palabre::user_id user_id;
};
BOOST_DESCRIBE_STRUCT(owner_body, (), (user_id))

struct sanction_body {
  static constexpr std::string_view shape_name = "NewSanction";
  static constexpr std::string_view example = R"({"reason":"advertising","expires_in":86400})";
  std::optional<line<0, limits::reason_code_points_max, "reason_code_points">> reason;
  std::optional<whole<limits::sanction_min.count(), limits::sanction_max.count()>> expires_in; ///< seconds
};
BOOST_DESCRIBE_STRUCT(sanction_body, (), (reason, expires_in))

problem no_such_person() {
  problem p = problem_of({errc::not_found, {}});
  p.detail = "there is no such person";
  return p;
}

/// Asks about a person, with what has to be known of them.
awaitable<result<actors::outcome>> ask_about(services& s, call& c, user_id person, events::room_command command) {
  fact_request what;
  what.person = person;
  std::vector<storage::idempotency> no_keys;
  auto asking = ask_room(s, c, std::move(command), std::move(what), std::move(no_keys));
  co_return co_await std::move(asking);
}

/// Of a command whose answer is that it was carried out. Requires: `Command` has a `user` and nothing that has to be
/// said besides.
template <class Command>
awaitable<answer_or_problem> tell_about(services& s, call& c) {
  const auto person = user_id::parse(c.captures[1]);
  if (!person) co_return no_such_person();
  Command told;
  told.user = *person;
  events::room_command command = std::move(told);
  auto asking = ask_about(s, c, *person, std::move(command));
  const auto done = co_await std::move(asking);
  if (!done && done.error().code == errc::not_a_member) co_return problem_of({errc::not_found, {}});
  if (!done) co_return problem_of(done.error());
  co_return written(204, {}, done.value());
}

// ---- Roles

awaitable<answer_or_problem> change_role(services& s, call& c) {
  const auto person = user_id::parse(c.captures[1]);
  if (!person) co_return no_such_person();
  const auto parsed = parse_body<role_body>(c.body);
  if (const auto* wrong = std::get_if<problem>(&parsed)) co_return *wrong;
  const auto role = static_cast<events::role>(std::get<role_body>(parsed).role);
  events::room_command command = events::change_role{*person, role};
  auto asking = ask_about(s, c, *person, std::move(command));
  const auto done = co_await std::move(asking);
  if (!done && done.error().code == errc::not_a_member) co_return problem_of({errc::not_found, {}});
  if (!done) co_return problem_of(done.error());
  const auto seen = co_await wait_for_views(s.views, done.value().durable);
  if (!seen) co_return problem_of(seen.error());
  const auto place = s.roster.standing(c.room->room, *person);
  if (!place) co_return problem_of(place.error());
  if (!place.value()) co_return problem_of({errc::not_found, {}});
  const auto author = s.profiles.author_json(*person);
  if (!author) co_return problem_of(author.error());
  std::string body;
  append_member(body, {*person, *place.value()}, *author.value());
  co_return written(200, std::move(body), done.value());
}
static_assert(static_cast<int>(given_role::admin) == static_cast<int>(events::role::admin) &&
              static_cast<int>(given_role::member) == static_cast<int>(events::role::member));

awaitable<answer_or_problem> transfer(services& s, call& c) {
  const auto parsed = parse_body<owner_body>(c.body);
  if (const auto* wrong = std::get_if<problem>(&parsed)) co_return *wrong;
  const user_id to = std::get<owner_body>(parsed).user_id;
  events::room_command command = events::transfer_room{to};
  auto asking = ask_about(s, c, to, std::move(command));
  auto done = co_await std::move(asking);
  if (!done && done.error().code == errc::not_a_member)
    co_return bad_field("/user_id", "not_found", "they are not in this room");
  if (!done) co_return problem_of(done.error());
  auto answering = answer_room(s, c, 200, std::move(done.value()));
  co_return co_await std::move(answering);
}

// ---- Bans and mutes

template <class Event>
result<std::optional<std::string>> reason_in(services& s, room_id room, stream_version seq) {
  PALABRE_TRY(auto event, event_at<Event>(s, room, seq));
  return event ? std::move(event->reason.value) : std::nullopt;
}

/// Null once the person who gave it was erased, and where the event was moved away to a file that is not at hand.
result<std::optional<std::string>> reason_of(services& s, room_id room, sanction_kind kind, stream_version seq) {
  return kind == sanction_kind::ban ? reason_in<events::member_banned>(s, room, seq)
                                    : reason_in<events::member_muted>(s, room, seq);
}

result<void> append_sanction(services& s, std::string& out, room_id room, sanction_kind kind,
                             const projections::roster_queries::listed_sanction& item) {
  PALABRE_TRY(const auto author, s.profiles.author_json(item.user));
  PALABRE_TRY(const auto reason, reason_of(s, room, kind, item.is.seq));
  out += R"({"user_id":")" + to_text(item.user) + R"(","user":)" + *author + R"(,"reason":)";
  events::append_json(out, reason, events::secrets::hidden);
  out += R"(,"by_id":")" + to_text(item.is.by) + R"(","at":")" + to_rfc3339(item.is.at) + R"(","expires_at":)";
  const bool ends = item.is.until != events::for_ever;
  events::append_json(out, ends ? std::optional(item.is.until) : std::nullopt, events::secrets::hidden);
  out += '}';
  return success();
}

/// The sanction as it is once the views have reached `done`.
awaitable<answer_or_problem> answer_sanction(services& s, call& c, sanction_kind kind, user_id person,
                                             actors::outcome done) {
  const auto seen = co_await wait_for_views(s.views, done.durable);
  if (!seen) co_return problem_of(seen.error());
  const auto held = s.roster.sanction_of(c.room->room, kind, person);
  if (!held) co_return problem_of(held.error());
  if (!held.value()) co_return problem_of({errc::not_found, {}}); // lifted meanwhile
  std::string body;
  const auto written_down = append_sanction(s, body, c.room->room, kind, {person, *held.value()});
  if (!written_down) co_return problem_of(written_down.error());
  co_return written(200, std::move(body), done);
}

events::room_command sanction_command(sanction_kind kind, user_id person, const sanction_body& body, timestamp now) {
  std::optional<timestamp> expires_at;
  if (body.expires_in) expires_at = timestamp{now.ms + body.expires_in->value * 1'000};
  std::optional<std::string> reason;
  if (body.reason && !body.reason->value.empty()) reason = body.reason->value;
  if (kind == sanction_kind::ban) return events::ban_user{person, expires_at, std::move(reason)};
  return events::mute_user{person, expires_at, std::move(reason)};
}

template <sanction_kind Kind>
awaitable<answer_or_problem> impose(services& s, call& c) {
  const auto person = user_id::parse(c.captures[1]);
  if (!person) co_return no_such_person();
  const auto seen = co_await wait_for_head(s); // they may have come just now
  if (!seen) co_return problem_of(seen.error());
  const auto account = s.users.user(*person);
  if (!account) co_return problem_of(account.error());
  if (!account.value()) co_return no_such_person();
  const auto parsed = parse_body<sanction_body>(c.body);
  if (const auto* wrong = std::get_if<problem>(&parsed)) co_return *wrong;
  auto command = sanction_command(Kind, *person, std::get<sanction_body>(parsed), s.time.now());
  auto asking = ask_about(s, c, *person, std::move(command));
  auto done = co_await std::move(asking);
  if (!done) co_return problem_of(done.error());
  auto answering = answer_sanction(s, c, Kind, *person, std::move(done.value()));
  co_return co_await std::move(answering);
}

std::string_view path_of(sanction_kind kind) {
  return kind == sanction_kind::ban ? "bans" : "mutes";
}

template <sanction_kind Kind>
awaitable<answer_or_problem> list_sanctions(services& s, call& c) {
  const room_id room = c.room->room;
  const std::string name = std::string(path_of(Kind)) + ':' + to_text(room);
  query_reader query(c);
  const std::size_t limit = query.limit();
  const auto after = read_id_cursor(s.name_key, name, c, query);
  if (!query.ok()) co_return query.take_problem();
  const std::optional<user_id> behind = after ? std::optional(user_id{*after}) : std::nullopt;
  const auto page = s.roster.sanctions(room, Kind, behind, limit, s.time.now());
  if (!page) co_return problem_of(page.error());
  std::string items = "[";
  for (const auto& item : page.value().items) {
    if (items.size() > 1) items += ',';
    const auto written_down = append_sanction(s, items, room, Kind, item);
    if (!written_down) co_return problem_of(written_down.error());
  }
  items += ']';
  std::string next;
  if (page.value().next)
    next = link_to("/api/v1/rooms/" + to_text(room) + '/' + std::string(path_of(Kind)),
                   make_id_cursor(s.name_key, name, *page.value().next), limit);
  co_return json_answer(200, render_page(items, next, {}));
}

} // namespace

std::span<const route> moderation_routes() {
  static constexpr std::string_view tag = "Moderation";
  static constexpr route rows[] = {
      {.name = "change_role",
       .tag = tag,
       .method = verb::patch,
       .path = "/api/v1/rooms/{id}/members/{user_id}",
       .needs = access::room_administrate,
       .run = change_role,
       .summary = "Give a member another role. Both theirs and the new one are below your own.",
       .gives = answers_a<member_answer>,
       .takes = takes_a<role_body>,
       .refuses = {"room_archived"},
       .rpc = "member.change_role"},
      {.name = "kick_member",
       .tag = tag,
       .method = verb::del,
       .path = "/api/v1/rooms/{id}/members/{user_id}",
       .needs = access::room_moderate,
       .run = tell_about<events::kick_member>,
       .summary = "Send a member away. They may come back; a ban keeps them out.",
       .refuses = {"room_archived"},
       .rpc = "member.kick"},
      {.name = "transfer_room",
       .tag = tag,
       .method = verb::put,
       .path = "/api/v1/rooms/{id}/owner",
       .needs = access::room_own,
       .run = transfer,
       .summary = "Hand the room over to one of its members; you stay as an admin.",
       .gives = answers_a<room_answer>,
       .takes = takes_a<owner_body>,
       .refuses = {"room_archived"},
       .rpc = "room.transfer",
       .tells_tag = true},
      {.name = "ban",
       .tag = tag,
       .method = verb::put,
       .path = "/api/v1/rooms/{id}/bans/{user_id}",
       .needs = access::room_moderate,
       .run = impose<sanction_kind::ban>,
       .summary =
           "Ban somebody, for `expires_in` seconds or until it is lifted. Members are sent away, and nobody comes "
           "in by any way before it ends.",
       .gives = answers_a<sanction_answer>,
       .takes = takes_a<sanction_body>,
       .refuses = {"room_archived"},
       .rpc = "member.ban"},
      {.name = "lift_ban",
       .tag = tag,
       .method = verb::del,
       .path = "/api/v1/rooms/{id}/bans/{user_id}",
       .needs = access::room_moderate,
       .run = tell_about<events::unban_user>,
       .summary = "Lift a ban.",
       .refuses = {"room_archived"},
       .rpc = "member.unban"},
      {.name = "list_bans",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/rooms/{id}/bans",
       .needs = access::room_moderate,
       .run = list_sanctions<sanction_kind::ban>,
       .summary = "Who is banned, by whom, why and until when.",
       .gives = answers_a<page_of<sanction_answer>>,
       .query = {&parameters::cursor, &parameters::limit}},
      {.name = "mute",
       .tag = tag,
       .method = verb::put,
       .path = "/api/v1/rooms/{id}/mutes/{user_id}",
       .needs = access::room_moderate,
       .run = impose<sanction_kind::mute>,
       .summary =
           "Mute somebody, for `expires_in` seconds or until it is lifted: they read and react, but write nothing.",
       .gives = answers_a<sanction_answer>,
       .takes = takes_a<sanction_body>,
       .refuses = {"room_archived"},
       .rpc = "member.mute"},
      {.name = "lift_mute",
       .tag = tag,
       .method = verb::del,
       .path = "/api/v1/rooms/{id}/mutes/{user_id}",
       .needs = access::room_moderate,
       .run = tell_about<events::unmute_user>,
       .summary = "Lift a mute.",
       .refuses = {"room_archived"},
       .rpc = "member.unmute"},
      {.name = "list_mutes",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/rooms/{id}/mutes",
       .needs = access::room_moderate,
       .run = list_sanctions<sanction_kind::mute>,
       .summary = "Who is muted, by whom, why and until when.",
       .gives = answers_a<page_of<sanction_answer>>,
       .query = {&parameters::cursor, &parameters::limit}},
  };
  return rows;
}

} // namespace palabre::http
