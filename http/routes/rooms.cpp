// Rooms: making, listing, reading, changing and archiving them.

#include "base/limits.hpp"
#include "events/local_day.hpp"
#include "events/streams.hpp"
#include "http/idempotency.hpp"
#include "http/query.hpp"
#include "http/routes/answers.hpp"
#include "http/routes/direct_rooms.hpp"
#include "http/routes/entity_tag.hpp"
#include "http/routes/list_cursors.hpp"
#include "http/routes/membership.hpp"
#include "http/routes/moment.hpp"
#include "http/routes/parameters.hpp"
#include "http/routes/render.hpp"
#include "http/routes/room_answers.hpp"
#include "http/routes/room_commands.hpp"
#include "http/routes/routes.hpp"
#include "http/schema.hpp"

#include <algorithm>

namespace palabre::http {
namespace {

using boost::asio::awaitable;

using room_name = line<1, limits::room_name_code_points_max, "room_name_code_points">;
using room_description = text<0, limits::room_description_code_points_max, "room_description_code_points">;
using room_category = line<0, limits::label_code_points_max, "category_code_points">;
using room_color_theme = line<0, limits::label_code_points_max, "color_theme_code_points">;
using slow_mode = whole<0, limits::slow_mode_seconds_max>;
struct zone_name : ascii_text<1, 64, "time_zone_bytes"> {
  static std::string schema() { return shapes::string(1, 64, R"("pattern":"^[A-Za-z][A-Za-z0-9/_+-]*$")"); }
};

struct create_body {
  static constexpr std::string_view shape_name = "NewRoom";
  static constexpr std::string_view example = R"({"name":"Reading","visibility":"public","category":"books"})";
  std::optional<room_name> name; ///< a direct room needs none
  std::optional<events::room_kind> kind;
  std::optional<palabre::user_id> user_id; ///< whom a direct room is with
  std::optional<events::visibility> visibility;
  std::optional<room_description> description;
  std::optional<room_category> category;
  std::optional<room_color_theme> color_theme;
  std::optional<zone_name> time_zone;
  std::optional<slow_mode> slow_mode_seconds;
};
BOOST_DESCRIBE_STRUCT(create_body, (),
                      (name, kind, user_id, visibility, description, category, color_theme, time_zone,
                       slow_mode_seconds))

struct change_body {
  static constexpr std::string_view shape_name = "RoomChange";
  static constexpr std::string_view example = R"({"name":"Reading and writing","description":null})";
  replaced<room_name> name;
  patched<room_description> description;
  patched<room_category> category;
  patched<room_color_theme> color_theme;
  replaced<events::visibility> visibility;
  replaced<zone_name> time_zone;
  replaced<slow_mode> slow_mode_seconds;
};
BOOST_DESCRIBE_STRUCT(change_body, (),
                      (name, description, category, color_theme, visibility, time_zone, slow_mode_seconds))

constexpr int tries_max = limits::share_code_tries_max;

field_problem not_a_zone() {
  return {"/time_zone", "not_a_time_zone", "must be an IANA name, as \"Europe/Paris\" or \"UTC\""};
}

template <class Text>
std::optional<std::string> text_of(std::optional<Text>& given) {
  return given ? std::optional{std::move(given->value)} : std::nullopt;
}

events::room_settings settings_of(create_body& body) {
  events::room_settings settings;
  if (body.name) settings.name = std::move(body.name->value);
  settings.description = text_of(body.description);
  settings.category = text_of(body.category);
  settings.color_theme = text_of(body.color_theme);
  settings.visibility = body.visibility.value_or(events::visibility::closed);
  if (body.time_zone) settings.time_zone = std::move(body.time_zone->value);
  if (body.slow_mode_seconds) settings.slow_mode_seconds = static_cast<std::uint32_t>(body.slow_mode_seconds->value);
  return settings;
}

/// What the fields say together.
std::optional<problem> check(const create_body& body) {
  const bool is_direct = body.kind == events::room_kind::direct;
  std::vector<field_problem> wrong;
  if (!is_direct && !body.name) wrong.push_back({"/name", "required", "this field is needed"});
  if (is_direct && !body.user_id) wrong.push_back({"/user_id", "required", "a direct room is with somebody"});
  if (is_direct && body.visibility == events::visibility::open)
    wrong.push_back({"/visibility", "not_private", "a direct room is private"});
  if (body.time_zone && !events::is_time_zone(body.time_zone->value)) wrong.push_back(not_a_zone());
  if (wrong.empty()) return std::nullopt;
  return validation_failed(std::move(wrong));
}

/// Whether reading the room anew, and drawing another code, can help.
bool worth_another_try(const error& e) {
  return e.code == errc::stale_facts || e.code == errc::conflict || e.code == errc::version_mismatch;
}

/// What is left when it did not: `version_mismatch` is for If-Match, and this is about a share code.
problem gave_up(const error& e) {
  if (!worth_another_try(e)) return problem_of(e);
  return problem_of({errc::stale_facts, e.context});
}

/// A try with one share code. The room is new: there are no facts but how many rooms its maker is in.
awaitable<result<actors::outcome>> ask_new_room(services& s, call& c, events::create_room command,
                                                std::vector<storage::idempotency> keys) {
  const drawn_share_code drawn = draw_share_code(s);
  command.share_code = drawn.code;
  command.share_code_stream = drawn.stream;
  actors::room_request request;
  request.room = command.room;
  PALABRE_CO_TRY(request.facts.rooms_of_user, s.roster.room_count_of(c.user()));
  request.command = std::move(command);
  request.origin = origin_of(c, std::move(keys));
  auto asking = ask(s.commands, std::move(request));
  co_return co_await std::move(asking);
}

awaitable<answer_or_problem> create(services& s, call& c) {
  auto parsed = parse_body<create_body>(c.body);
  if (auto* wrong = std::get_if<problem>(&parsed)) co_return std::move(*wrong);
  auto& body = std::get<create_body>(parsed);
  if (auto wrong = check(body)) co_return std::move(*wrong);
  const events::room_kind kind = body.kind.value_or(events::room_kind::salon);
  if (kind == events::room_kind::direct) {
    auto opening = open_direct_room(s, c, *body.user_id);
    co_return co_await std::move(opening);
  }

  const auto seen = co_await wait_for_head(s);
  if (!seen) co_return problem_of(seen.error());
  auto name = display_name_of(s, c.user());
  if (!name) co_return problem_of(name.error());
  events::create_room command;
  command.room = room_id{s.random.next_id(s.time.now())};
  command.kind = kind;
  command.settings = settings_of(body);
  command.display_name = std::move(name.value());
  const auto keys = idempotency_of(s, c, 201);
  for (int tries = 1;; ++tries) {
    auto asking = ask_new_room(s, c, command, keys);
    auto done = co_await std::move(asking);
    if (done) {
      auto answering = answer_room(s, c, 201, std::move(done.value()));
      co_return co_await std::move(answering);
    }
    const bool code_taken = done.error().code == errc::version_mismatch;
    if (!code_taken || tries == tries_max) co_return gave_up(done.error());
  }
}

/// The lists of rooms differ in who asks and what for, and so do their cursors.
std::string list_name(bool discover, user_id user) {
  return discover ? "rooms:public" : "rooms:" + to_text(user);
}

/// Which rooms are listed.
struct room_list {
  user_id user;
  bool discover = false; ///< public salons; else those that the user is in
  std::optional<room_id> after;
  std::size_t limit = 0;
};

/// At most. Errors: io, corrupt.
result<std::size_t> count_listed(services& s, const room_list& asked) {
  if (asked.discover) return asked.limit;
  PALABRE_TRY(const std::size_t all, s.roster.room_count_of(asked.user));
  return std::min(all, asked.limit);
}

result<std::string> answer_room_list(services& s, const room_list& asked) {
  PALABRE_TRY(const auto page, asked.discover ? s.roster.discover(asked.user, asked.after, asked.limit)
                                              : s.roster.rooms_of(asked.user, asked.after, asked.limit));
  std::string items;
  items.reserve(page.items.size() * usual_room_bytes);
  PALABRE_TRY(append_listed_rooms(items, s, asked.user, page.items));
  std::string next;
  if (page.next) {
    const std::string cursor = make_id_cursor(s.name_key, list_name(asked.discover, asked.user), *page.next);
    next = link_to("/api/v1/rooms", cursor, asked.limit);
    if (asked.discover) next += "&discover=true";
  }
  return render_page(items, next, {});
}

awaitable<answer_or_problem> list_rooms(services& s, call& c) {
  query_reader query(c);
  room_list asked{c.user(), query.flag("discover"), {}, query.limit()};
  if (const auto mark = read_id_cursor(s.name_key, list_name(asked.discover, asked.user), c, query))
    asked.after = room_id{*mark};
  if (!query.ok()) co_return query.take_problem();
  const auto rooms = count_listed(s, asked);
  if (!rooms) co_return problem_of(rooms.error());
  auto making = answer_about_rooms(s, rooms.value(), [&s, asked] { return answer_room_list(s, asked); });
  auto body = co_await std::move(making);
  if (!body) co_return problem_of(body.error());
  answer a = json_answer(200, std::move(body).value());
  a.holds_secrets = true; // share codes
  co_return a;
}

awaitable<answer_or_problem> get_room(services& s, call& c) {
  const auto asked = moment_of(s, c);
  if (const auto* wrong = std::get_if<problem>(&asked)) co_return *wrong;
  if (const auto& then = std::get<std::optional<moment>>(asked)) {
    const auto row = s.past.room(c.room->room, then->seq);
    if (!row) co_return problem_of(row.error());
    const auto time = then->time ? result<timestamp>(*then->time) : s.past.time_of(c.room->room, then->seq);
    if (!time) co_return problem_of(time.error());
    co_return json_answer(200, render_room(row.value(), {false, time.value()}));
  }
  co_return answer_room_as_read(s, c);
}

// ---- Changing

std::optional<problem> check(const change_body& body) {
  if (body.time_zone.value && !events::is_time_zone(body.time_zone.value->value))
    return validation_failed({not_a_zone()});
  return std::nullopt;
}

template <class Text>
void apply(std::optional<std::string>& to, const patched<Text>& change) {
  if (!change.present) return;
  to = change.value ? std::optional{change.value->value} : std::nullopt;
}

events::room_settings changed(events::room_settings settings, const change_body& body) {
  if (body.name.value) settings.name = body.name.value->value;
  apply(settings.description, body.description);
  apply(settings.category, body.category);
  apply(settings.color_theme, body.color_theme);
  if (body.visibility.value) settings.visibility = *body.visibility.value;
  if (body.time_zone.value) settings.time_zone = body.time_zone.value->value;
  if (const auto& pause = body.slow_mode_seconds.value)
    settings.slow_mode_seconds = static_cast<std::uint32_t>(pause->value);
  return settings;
}

/// Puts a new share code, and the one it takes the place of, into a command. Requires: call::room.
template <class Command>
void put_new_code(services& s, const call& c, Command& command) {
  drawn_share_code drawn = draw_share_code(s);
  command.room = c.room->room;
  command.share_code = std::move(drawn.code);
  command.share_code_stream = drawn.stream;
  command.old_share_code = c.room->share_code;
  command.old_share_code_stream = events::share_code_stream(s.name_key, c.room->share_code);
}

awaitable<answer_or_problem> change(services& s, call& c) {
  const auto parsed = parse_body<change_body>(c.body);
  if (const auto* wrong = std::get_if<problem>(&parsed)) co_return *wrong;
  const auto& body = std::get<change_body>(parsed);
  if (auto wrong = check(body)) co_return std::move(*wrong);
  for (int tries = 1;; ++tries) {
    const auto read = co_await read_room_anew(s, c, c.room->room);
    if (!read) co_return problem_of(read.error());
    if (!allows_change(c.if_match, c.room->settings_seq)) co_return changed_meanwhile();
    events::update_room update;
    update.settings = changed(c.room->settings, body);
    update.based_on = c.room->settings;
    put_new_code(s, c, update);
    events::room_command command = std::move(update);
    fact_request nothing;
    std::vector<storage::idempotency> no_keys;
    auto asking = ask_room_once(s, c, std::move(command), std::move(nothing), std::move(no_keys));
    auto done = co_await std::move(asking);
    if (done) {
      auto answering = answer_room(s, c, 200, std::move(done.value()));
      co_return co_await std::move(answering);
    }
    if (!worth_another_try(done.error()) || tries == tries_max) co_return gave_up(done.error());
  }
}

awaitable<answer_or_problem> rotate_code(services& s, call& c) {
  const auto keys = idempotency_of(s, c, 200);
  for (int tries = 1;; ++tries) {
    const auto read = co_await read_room_anew(s, c, c.room->room);
    if (!read) co_return problem_of(read.error());
    events::rotate_share_code rotate;
    put_new_code(s, c, rotate);
    events::room_command command = std::move(rotate);
    fact_request nothing;
    auto asking = ask_room_once(s, c, std::move(command), std::move(nothing), keys);
    auto done = co_await std::move(asking);
    if (done) {
      auto answering = answer_room(s, c, 200, std::move(done.value()));
      co_return co_await std::move(answering);
    }
    if (!worth_another_try(done.error()) || tries == tries_max) co_return gave_up(done.error());
  }
}

awaitable<answer_or_problem> archive(services& s, call& c) {
  const auto read = co_await read_room_anew(s, c, c.room->room);
  if (!read) co_return problem_of(read.error());
  if (!allows_change(c.if_match, c.room->settings_seq)) co_return changed_meanwhile();
  events::room_command command = events::archive_room{};
  fact_request nothing;
  std::vector<storage::idempotency> no_keys;
  auto asking = ask_room(s, c, std::move(command), std::move(nothing), std::move(no_keys));
  const auto done = co_await std::move(asking);
  if (!done) co_return problem_of(done.error());
  co_return written(204, {}, done.value());
}

awaitable<answer_or_problem> restore(services& s, call& c) {
  events::room_command command = events::restore_room{};
  fact_request nothing;
  auto keys = idempotency_of(s, c, 200);
  auto asking = ask_room(s, c, std::move(command), std::move(nothing), std::move(keys));
  auto done = co_await std::move(asking);
  if (!done) co_return problem_of(done.error());
  auto answering = answer_room(s, c, 200, std::move(done.value()));
  co_return co_await std::move(answering);
}

} // namespace

std::span<const route> room_routes() {
  static constexpr std::string_view tag = "Rooms";
  static constexpr route rows[] = {
      {.name = "make_room",
       .tag = tag,
       .method = verb::post,
       .path = "/api/v1/rooms",
       .needs = access::user,
       .run = create,
       .summary =
           "Make a room; you are its owner. A `direct` one is with `user_id`, and there is one of each two "
           "people: asking again, or asking as the other, finds it (200). Its name is the other's, and what else "
           "is said of it is left aside.",
       .gives = makes_a<room_answer>,
       .otherwise = answers_a<room_answer>,
       .takes = takes_a<create_body>,
       .idempotent_key = true,
       .tells_tag = true},
      {.name = "list_rooms",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/rooms",
       .needs = access::user,
       .run = list_rooms,
       .summary = "The rooms you are in, or public salons. `unread_count` counts up to 999.",
       .gives = answers_a<page_of<listed_room_answer>>,
       .query = {&parameters::discover, &parameters::cursor, &parameters::limit}},
      {.name = "join_by_code",
       .tag = tag,
       .method = verb::post,
       .path = "/api/v1/rooms/join",
       .needs = access::user,
       .run = join_by_code,
       .summary = "Join the room that has a share code.",
       .gives = answers_a<room_answer>,
       .takes = takes_a<share_code_body>,
       .refuses = {"not_found"},
       .rate = rate_class::join,
       .idempotent_key = true,
       .tells_tag = true},
      {.name = "get_room",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/rooms/{id}",
       .needs = access::room_see,
       .run = get_room,
       .summary = "A room. With `at` as it was, for its members.",
       .gives = answers_a<room_answer>,
       .query = {&parameters::at},
       .refuses = {"position_unknown", "not_a_member"},
       .tagged = true},
      {.name = "change_room",
       .tag = tag,
       .method = verb::patch,
       .path = "/api/v1/rooms/{id}",
       .needs = access::room_administrate,
       .run = change,
       .summary = "Change a room. Fields that are left out stay, null empties. If-Match with an ETag refuses to "
                  "overwrite (412). Turning it private makes a new share code.",
       .gives = answers_a<room_answer>,
       .takes = takes_a<change_body>,
       .refuses = {"room_archived"},
       .tagged = true},
      {.name = "archive_room",
       .tag = tag,
       .method = verb::del,
       .path = "/api/v1/rooms/{id}",
       .needs = access::room_own,
       .run = archive,
       .summary = "Archive a room: it can be read, not written.",
       .tagged = true},
      {.name = "restore_room",
       .tag = tag,
       .method = verb::post,
       .path = "/api/v1/rooms/{id}/restore",
       .needs = access::room_own,
       .run = restore,
       .summary = "Restore an archived room: it can be written again.",
       .gives = answers_a<room_answer>,
       .idempotent_key = true,
       .tells_tag = true},
      {.name = "join_room",
       .tag = tag,
       .method = verb::post,
       .path = "/api/v1/rooms/{id}/join",
       .needs = access::room_join,
       .run = join_open_room,
       .summary = "Join a public room, or one that you are invited to.",
       .gives = answers_a<room_answer>,
       .refuses = {"room_archived", "limit_exceeded", "banned"},
       .idempotent_key = true,
       .tells_tag = true},
      {.name = "leave_room",
       .tag = tag,
       .method = verb::post,
       .path = "/api/v1/rooms/{id}/leave",
       .needs = access::room_see,
       .run = leave_room,
       .summary = "Leave a room.",
       .refuses = {"owner_must_transfer", "forbidden"},
       .idempotent_key = true},
      {.name = "rotate_share_code",
       .tag = tag,
       .method = verb::post,
       .path = "/api/v1/rooms/{id}/share_code",
       .needs = access::room_administrate,
       .run = rotate_code,
       .summary = "Make a new share code; the old one is dead.",
       .gives = answers_a<room_answer>,
       .refuses = {"room_archived"},
       .idempotent_key = true,
       .tells_tag = true},
      {.name = "list_members",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/rooms/{id}/members",
       .needs = access::room_see,
       .run = list_members,
       .summary = "Who is in a room. With `at` who was, for its members.",
       .gives = answers_a<page_of<member_answer>>,
       .query = {&parameters::cursor, &parameters::limit, &parameters::at},
       .refuses = {"position_unknown", "not_a_member"}},
  };
  return rows;
}

} // namespace palabre::http
