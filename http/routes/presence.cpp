// Presence: one's own, that of people one knows, and who is there in a room.

#include "base/limits.hpp"
#include "http/presence/presence_desk.hpp"
#include "http/query.hpp"
#include "http/routes/answers.hpp"
#include "http/routes/own_commands.hpp"
#include "http/routes/parameters.hpp"
#include "http/routes/render.hpp"
#include "http/routes/room_commands.hpp"
#include "http/routes/routes.hpp"
#include "http/schema.hpp"

namespace palabre::http {
namespace {

using boost::asio::awaitable;
using events::presence_status;

/// `auto` is a keyword, so it cannot be an enumerator's name.
struct status_text {
  std::optional<presence_status> manual; ///< nullopt: "auto"
  void read(body_checks::element from, body_checks& checks) {
    const auto name = checks.string_of(from);
    if (!name || *name == "auto") return;
    presence_status known{};
    if (boost::describe::enum_from_string(std::string(*name).c_str(), known))
      manual = known;
    else
      checks.refuse("not_allowed", "one of online, away, busy, offline, auto");
  }
  static std::string schema() { return shapes::one_of({"online", "away", "busy", "offline", "auto"}); }
};

struct presence_body {
  static constexpr std::string_view shape_name = "PresenceChange";
  static constexpr std::string_view example = R"({"status":"busy","text":"in a meeting"})";
  status_text status;
  std::optional<line<0, limits::presence_text_code_points_max, "presence_text_code_points">> text;
  std::optional<timestamp> expires_at;
  std::optional<whole<limits::auto_away_after_min.count(), limits::auto_away_after_max.count()>> auto_away_after;
};
BOOST_DESCRIBE_STRUCT(presence_body, (), (status, text, expires_at, auto_away_after))

/// What one sees of oneself.
struct own_presence {
  static constexpr std::string_view shape_name = "OwnPresence";
  static constexpr std::string_view example =
      R"({"user_id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c11","status":"busy","manual":"busy","text":"in a meeting",)"
      R"("expires_at":null,"auto_away_after":300,"last_seen_at":null})";
  user_id user;
  presence_status status = presence_status::offline;
  std::optional<presence_status> manual;
  std::optional<std::string> text;
  std::optional<timestamp> expires_at;
  std::int64_t auto_away_after = 0;
  std::optional<timestamp> last_seen_at;
};
BOOST_DESCRIBE_STRUCT(own_presence, (), (user, status, manual, text, expires_at, auto_away_after, last_seen_at))

result<std::string> render_own(services& s, user_id user) {
  const timestamp now = s.time.now();
  PALABRE_TRY(const auto rows, s.presence.rows().presence_of({&user, 1}));
  const auto& row = rows.front();
  const shown_presence shown = s.presence.lease().shown(user, row, now);
  const bool expired = row.expires_at && *row.expires_at <= now;
  const own_presence own{user,
                         shown.status,
                         expired ? std::nullopt : row.manual,
                         shown.text,
                         shown.expires_at,
                         events::auto_away_after(row.auto_away_after).count(),
                         shown.last_seen_at};
  return events::to_json(own, events::secrets::hidden);
}

// ---- One's own

awaitable<answer_or_problem> get_mine(services& s, call& c) {
  auto body = render_own(s, c.user());
  if (!body) co_return problem_of(body.error());
  co_return json_answer(200, std::move(body).value());
}

std::optional<problem> check_expiry(const presence_body& body, timestamp now) {
  if (!body.expires_at) return std::nullopt;
  if (!body.status.manual)
    return bad_field("/expires_at", "not_allowed", "only a status set by hand expires, auto does not");
  if (*body.expires_at <= now) return bad_field("/expires_at", "out_of_range", "must be in the future");
  const std::chrono::milliseconds ahead(body.expires_at->ms - now.ms);
  if (ahead <= limits::presence_expiry_max) return std::nullopt;
  return bad_field("/expires_at", "limit_exceeded", "presence_expiry: at most 30 days from now");
}
static_assert(limits::presence_expiry_max == std::chrono::hours(30 * 24));

events::set_presence set_presence_of(services& s, const call& c, const presence_body& body) {
  events::set_presence set;
  set.manual = body.status.manual;
  if (body.text && !body.text->value.empty()) set.text = body.text->value;
  set.expires_at = body.expires_at;
  set.automatic = s.presence.automatic(c.user());
  set.boot = s.presence.lease().boot;
  return set;
}

awaitable<answer_or_problem> put_mine(services& s, call& c) {
  const auto parsed = parse_body<presence_body>(c.body);
  if (const auto* wrong = std::get_if<problem>(&parsed)) co_return *wrong;
  const auto& body = std::get<presence_body>(parsed);
  if (auto wrong = check_expiry(body, s.time.now())) co_return std::move(*wrong);
  if (body.auto_away_after) {
    events::user_command configure = events::configure_presence{std::chrono::seconds(body.auto_away_after->value)};
    auto configuring = ask_own(s, c, std::move(configure));
    const auto configured = co_await std::move(configuring);
    if (!configured) co_return problem_of(configured.error());
  }
  events::user_command set = set_presence_of(s, c, body);
  auto setting = ask_own(s, c, std::move(set));
  const auto done = co_await std::move(setting);
  if (!done) co_return problem_of(done.error());
  auto seeing = wait_for_views(s.views, done.value().durable);
  const auto seen = co_await std::move(seeing);
  if (!seen) co_return problem_of(seen.error());
  auto own = render_own(s, c.user());
  if (!own) co_return problem_of(own.error());
  co_return written(200, std::move(own).value(), done.value());
}

// ---- Other people's

result<std::string> render_known(services& s, user_id viewer, const std::vector<user_id>& ids) {
  const timestamp now = s.time.now();
  PALABRE_TRY(const auto known, s.presence.rows().share_a_room(viewer, ids));
  PALABRE_TRY(const auto rows, s.presence.rows().presence_of(ids));
  std::vector<shown_presence> items;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const bool may_see = known[i] || ids[i] == viewer;
    items.push_back(may_see ? s.presence.lease().shown(ids[i], rows[i], now)
                            : shown_presence{ids[i], presence_status::offline, {}, {}, {}});
  }
  std::string body = R"({"items":)";
  events::append_json(body, items, events::secrets::hidden);
  body += '}';
  return body;
}

awaitable<answer_or_problem> get_known(services& s, call& c) {
  query_reader query(c);
  const auto ids = query.ids<user_id>("user_ids");
  if (!query.ok()) co_return query.take_problem();
  auto body = render_known(s, c.user(), ids);
  if (!body) co_return problem_of(body.error());
  co_return json_answer(200, std::move(body).value());
}

// ---- A room's

struct room_presence {
  static constexpr std::string_view shape_name = "RoomPresence";
  static constexpr std::string_view example = R"({"online":2,"away":0,"busy":1,"offline":7,"items":null})";
  std::uint64_t online = 0, away = 0, busy = 0, offline = 0;
  std::optional<std::vector<shown_presence>> items;
};
BOOST_DESCRIBE_STRUCT(room_presence, (), (online, away, busy, offline, items))

/// Who might be there: all members of a small room, the connected ones of a large one. nullopt: too many to be listed.
result<std::optional<std::vector<user_id>>> candidates_in(services& s, const projections::room_row& room,
                                                          const presence_fan_out::gathering& gathered) {
  const std::size_t listed_max = s.settings.presence_individuals_max;
  if (room.member_count > listed_max) return gathered.connected;
  PALABRE_TRY(const auto page, s.roster.members(room.room, std::nullopt, listed_max));
  std::optional<std::vector<user_id>> all(std::in_place);
  for (const auto& member : page.items) all->push_back(member.user);
  return all;
}

void add(room_presence& to, shown_presence who) {
  switch (who.status) {
  case presence_status::online: ++to.online; break;
  case presence_status::away: ++to.away; break;
  case presence_status::busy: ++to.busy; break;
  case presence_status::offline: return;
  }
  to.items->push_back(std::move(who));
}

result<std::string> render_room_presence(services& s, const projections::room_row& room) {
  const timestamp now = s.time.now();
  if (room.archived) // where nobody meets nobody is shown
    return events::to_json(room_presence{0, 0, 0, room.member_count, std::vector<shown_presence>{}},
                           events::secrets::hidden);
  const auto gathered = s.presence.gathered_in(room.room);
  room_presence there{gathered.counts.online, gathered.counts.away, gathered.counts.busy, 0, {}};
  PALABRE_TRY(const auto candidates, candidates_in(s, room, gathered));
  if (candidates) {
    PALABRE_TRY(const auto rows, s.presence.rows().presence_of(*candidates));
    there = {0, 0, 0, 0, std::vector<shown_presence>{}};
    for (std::size_t i = 0; i < rows.size(); ++i) add(there, s.presence.lease().shown((*candidates)[i], rows[i], now));
  }
  const std::uint64_t present = there.online + there.away + there.busy;
  there.offline = room.member_count - std::min(room.member_count, present);
  return events::to_json(there, events::secrets::hidden);
}

awaitable<answer_or_problem> get_in_room(services& s, call& c) {
  auto body = render_room_presence(s, *c.room);
  if (!body) co_return problem_of(body.error());
  co_return json_answer(200, std::move(body).value());
}

} // namespace

std::span<const route> presence_routes() {
  static constexpr std::string_view tag = "Presence";
  static constexpr route rows[] = {
      {.name = "get_my_presence",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/me/presence",
       .needs = access::user,
       .run = get_mine,
       .summary = "Your presence, as you set it.",
       .gives = answers_a<own_presence>},
      {.name = "set_my_presence",
       .tag = tag,
       .method = verb::put,
       .path = "/api/v1/me/presence",
       .needs = access::user,
       .run = put_mine,
       .summary = "Set your presence by hand. {\"status\":\"auto\"} leaves it to your connections.",
       .gives = answers_a<own_presence>,
       .takes = takes_a<presence_body>,
       .rpc = "presence.set"},
      {.name = "get_presence",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/presence",
       .needs = access::user,
       .run = get_known,
       .summary = "The presence of up to 200 people. Whoever shares no room with you is offline to you.",
       .gives = answers_a<all_of<shown_presence>>,
       .query = {&parameters::user_ids}},
      {.name = "get_room_presence",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/rooms/{id}/presence",
       .needs = access::room_read,
       .run = get_in_room,
       .summary = "Who is there in a room: counts, and the people unless they are too many.",
       .gives = answers_a<room_presence>},
  };
  return rows;
}

} // namespace palabre::http
