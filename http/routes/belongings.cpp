// What one keeps in a room for oneself: a draft, and what one wants to be told of.

#include "events/streams.hpp"
#include "http/query.hpp"
#include "http/routes/answers.hpp"
#include "http/routes/list_cursors.hpp"
#include "http/routes/message_text.hpp"
#include "http/routes/own_commands.hpp"
#include "http/routes/parameters.hpp"
#include "http/routes/render.hpp"
#include "http/routes/room_commands.hpp"
#include "http/routes/room_event.hpp"
#include "http/routes/routes.hpp"

namespace palabre::http {
namespace {

using boost::asio::awaitable;

struct notifications_body {
  static constexpr std::string_view shape_name = "NotificationsChoice";
  static constexpr std::string_view example = R"({"level":"mentions"})";
  events::notification_level level{};
};
BOOST_DESCRIBE_STRUCT(notifications_body, (), (level))

struct draft_body {
  static constexpr std::string_view shape_name = "NewDraft";
  static constexpr std::string_view example = R"({"body":"Good m"})";
  message_text body;
  std::optional<message_id> reply_to;
};
BOOST_DESCRIBE_STRUCT(draft_body, (), (body, reply_to))

/// What the caller keeps here, with all that was acknowledged.
awaitable<result<projections::belongings_row>> own_now(services& s, call& c) {
  PALABRE_CO_TRY(co_await wait_for_head(s));
  co_return s.belongings.in_room(c.user(), c.room->room);
}

/// Answers once the views have what was done.
awaitable<result<actors::outcome>> carry_out(services& s, call& c, events::user_command command) {
  auto asking = ask_own(s, c, std::move(command));
  PALABRE_CO_TRY(auto done, co_await std::move(asking));
  auto waiting = wait_for_views(s.views, done.durable);
  PALABRE_CO_TRY(co_await std::move(waiting));
  co_return done;
}

/// There was nothing to change.
answer unchanged(services& s, int status, std::string body) {
  answer a = json_answer(status, std::move(body));
  a.headers.emplace_back("Palabre-Position", std::to_string(s.log.head().value));
  return a;
}

// ---- Notifications

std::string render_notifications(events::notification_level level) {
  std::string out = R"({"level":)";
  events::append_json(out, level, events::secrets::hidden);
  return out + '}';
}

awaitable<answer_or_problem> get_notifications(services& s, call& c) {
  const auto own = s.belongings.in_room(c.user(), c.room->room);
  if (!own) co_return problem_of(own.error());
  co_return json_answer(200, render_notifications(own.value().level));
}

awaitable<answer_or_problem> put_notifications(services& s, call& c) {
  const auto parsed = parse_body<notifications_body>(c.body);
  if (const auto* wrong = std::get_if<problem>(&parsed)) co_return *wrong;
  const auto level = std::get<notifications_body>(parsed).level;
  const auto own = co_await own_now(s, c);
  if (!own) co_return problem_of(own.error());
  if (own.value().level == level) co_return unchanged(s, 200, render_notifications(level));
  events::user_command command = events::choose_notifications{c.room->room, level};
  auto carrying = carry_out(s, c, std::move(command));
  const auto done = co_await std::move(carrying);
  if (!done) co_return problem_of(done.error());
  co_return written(200, render_notifications(level), done.value());
}

// ---- Drafts

std::string render_draft(room_id room, const std::optional<events::draft_saved>& said, timestamp at) {
  std::string out = R"({"room_id":")" + to_text(room) + R"(","body":)";
  if (!said) return out + R"(null,"reply_to":null,"saved_at":null})";
  events::append_json(out, said->body, events::secrets::hidden);
  out += R"(,"reply_to":)";
  events::append_json(out, said->reply_to, events::secrets::hidden);
  return out + R"(,"saved_at":")" + to_rfc3339(at) + R"("})";
}

/// nullopt: there is none, or its event was moved away. `version`: of the user's stream.
result<std::optional<events::draft_saved>> draft_at(services& s, user_id user, stream_version version) {
  if (version == 0) return std::optional<events::draft_saved>{};
  return event_at<events::draft_saved>(s, events::stream_of(user), version);
}

result<std::string> render_draft(services& s, user_id user, room_id room, stream_version version, timestamp at) {
  PALABRE_TRY(const auto said, draft_at(s, user, version));
  return render_draft(room, said, at);
}

awaitable<answer_or_problem> get_draft(services& s, call& c) {
  const auto own = s.belongings.in_room(c.user(), c.room->room);
  if (!own) co_return problem_of(own.error());
  auto body = render_draft(s, c.user(), c.room->room, own.value().draft, own.value().draft_at);
  if (!body) co_return problem_of(body.error());
  co_return json_answer(200, std::move(body).value());
}

awaitable<answer_or_problem> put_draft(services& s, call& c) {
  auto parsed = parse_body<draft_body>(c.body);
  if (auto* wrong = std::get_if<problem>(&parsed)) co_return std::move(*wrong);
  auto& body = std::get<draft_body>(parsed);
  const auto own = co_await own_now(s, c);
  if (!own) co_return problem_of(own.error());
  const room_id room = c.room->room;
  if (body.reply_to) {
    const auto message = s.timeline.fact(room, *body.reply_to);
    if (!message) co_return problem_of(message.error());
    if (!message.value()) co_return bad_field("/reply_to", "not_found", "there is no such message in this room");
  }
  const auto before = draft_at(s, c.user(), own.value().draft);
  if (!before) co_return problem_of(before.error());
  const auto& said = before.value();
  if (said && !said->body.erased && said->body.value == body.body.value && said->reply_to == body.reply_to)
    co_return unchanged(s, 200, render_draft(room, said, own.value().draft_at));
  const events::draft_saved draft{room, {body.body.value}, body.reply_to};
  events::user_command command = events::save_draft{room, std::move(body.body.value), body.reply_to};
  auto carrying = carry_out(s, c, std::move(command));
  const auto done = co_await std::move(carrying);
  if (!done) co_return problem_of(done.error());
  co_return written(200, render_draft(room, draft, done.value()[0].view.time), done.value());
}

awaitable<answer_or_problem> discard_draft(services& s, call& c) {
  const auto own = co_await own_now(s, c);
  if (!own) co_return problem_of(own.error());
  if (own.value().draft == 0) co_return unchanged(s, 204, {});
  events::user_command command = events::discard_draft{c.room->room};
  auto carrying = carry_out(s, c, std::move(command));
  const auto done = co_await std::move(carrying);
  if (!done) co_return problem_of(done.error());
  co_return written(204, {}, done.value());
}

/// Of rooms that the caller is in.
result<std::string> render_drafts(services& s, user_id user,
                                  const std::vector<projections::belongings_queries::draft_place>& drafts) {
  std::string items = "[";
  for (const auto& each : drafts) {
    PALABRE_TRY(const auto standing, s.roster.standing(each.room, user));
    if (!standing) continue;
    PALABRE_TRY(const auto draft, render_draft(s, user, each.room, each.version, each.at));
    if (items.size() > 1) items += ',';
    items += draft;
  }
  return items + ']';
}

awaitable<answer_or_problem> my_drafts(services& s, call& c) {
  const std::string list = "drafts:" + to_text(c.user());
  query_reader query(c);
  const std::size_t limit = query.limit();
  const auto mark = read_id_cursor(s.name_key, list, c, query);
  if (!query.ok()) co_return query.take_problem();
  const auto page = s.belongings.drafts(c.user(), mark ? std::optional(room_id{*mark}) : std::nullopt, limit);
  if (!page) co_return problem_of(page.error());
  const auto items = render_drafts(s, c.user(), page.value().items);
  if (!items) co_return problem_of(items.error());
  std::string next;
  if (page.value().next)
    next = link_to("/api/v1/me/drafts", make_id_cursor(s.name_key, list, *page.value().next), limit);
  co_return json_answer(200, render_page(items.value(), next, {}));
}

} // namespace

std::span<const route> belonging_routes() {
  static constexpr std::string_view tag = "Messages";
  static constexpr route rows[] = {
      {.name = "get_notifications",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/rooms/{id}/notifications",
       .needs = access::room_read,
       .run = get_notifications,
       .summary = "What you want to be told of in a room.",
       .gives = answers_a<notifications_answer>},
      {.name = "choose_notifications",
       .tag = tag,
       .method = verb::put,
       .path = "/api/v1/rooms/{id}/notifications",
       .needs = access::room_read,
       .run = put_notifications,
       .summary = "Choose what you want to be told of in a room. It is kept for your clients, which do the telling: "
                  "counts and channels are the same with every choice.",
       .gives = answers_a<notifications_answer>,
       .takes = takes_a<notifications_body>,
       .rpc = "notifications.choose"},
      {.name = "get_draft",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/rooms/{id}/draft",
       .needs = access::room_read,
       .run = get_draft,
       .summary = "What you have begun to write in a room; its `body` is null where that is nothing.",
       .gives = answers_a<draft_answer>},
      {.name = "save_draft",
       .tag = tag,
       .method = verb::put,
       .path = "/api/v1/rooms/{id}/draft",
       .needs = access::room_read,
       .run = put_draft,
       .summary = "Keep what you have begun to write in a room, for all your devices. One for each room; posting there "
                  "discards it.",
       .gives = answers_a<draft_answer>,
       .takes = takes_a<draft_body>,
       .rpc = "draft.save"},
      {.name = "discard_draft",
       .tag = tag,
       .method = verb::del,
       .path = "/api/v1/rooms/{id}/draft",
       .needs = access::room_read,
       .run = discard_draft,
       .summary = "Throw a draft away.",
       .rpc = "draft.discard"},
      {.name = "my_drafts",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/me/drafts",
       .needs = access::user,
       .run = my_drafts,
       .summary = "Your drafts in the rooms that you are in.",
       .gives = answers_a<page_of<draft_answer>>,
       .query = {&parameters::cursor, &parameters::limit}},
  };
  return rows;
}

} // namespace palabre::http
