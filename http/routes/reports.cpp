// Messages that members ask the moderators to look at.

#include "base/limits.hpp"
#include "http/query.hpp"
#include "http/routes/answers.hpp"
#include "http/routes/list_cursors.hpp"
#include "http/routes/parameters.hpp"
#include "http/routes/render.hpp"
#include "http/routes/room_commands.hpp"
#include "http/routes/room_event.hpp"
#include "http/routes/routes.hpp"
#include "http/schema.hpp"

namespace palabre::http {
namespace {

using boost::asio::awaitable;

struct report_body {
  static constexpr std::string_view shape_name = "NewReport";
  static constexpr std::string_view example = R"({"reason":"advertising"})";
  std::optional<line<0, limits::reason_code_points_max, "reason_code_points">> reason;
};
BOOST_DESCRIBE_STRUCT(report_body, (), (reason))

awaitable<answer_or_problem> ask_about_message(services& s, call& c, message_id message, events::room_command command) {
  fact_request what;
  what.message = message;
  what.reports = true;
  std::vector<storage::idempotency> no_keys;
  auto asking = ask_room(s, c, std::move(command), std::move(what), std::move(no_keys));
  const auto done = co_await std::move(asking);
  if (!done) co_return problem_of(done.error());
  co_return written(204, {}, done.value());
}

awaitable<answer_or_problem> report_one(services& s, call& c) {
  const auto message = message_id::parse(c.captures[1]);
  if (!message) co_return no_such_message();
  auto parsed = parse_body<report_body>(c.body);
  if (auto* wrong = std::get_if<problem>(&parsed)) co_return std::move(*wrong);
  events::report_message report;
  report.message = *message;
  auto& reason = std::get<report_body>(parsed).reason;
  if (reason && !reason->value.empty()) report.reason = std::move(reason->value);
  events::room_command command = std::move(report);
  auto asking = ask_about_message(s, c, *message, std::move(command));
  co_return co_await std::move(asking);
}

awaitable<answer_or_problem> review(services& s, call& c) {
  const auto message = message_id::parse(c.captures[1]);
  if (!message) co_return no_such_message();
  events::room_command command = events::review_message{*message};
  auto asking = ask_about_message(s, c, *message, std::move(command));
  co_return co_await std::move(asking);
}

// ---- The queue

result<void> append_report(services& s, std::string& out, room_id room, const projections::report& report) {
  PALABRE_TRY(const auto author, s.profiles.author_json(report.by));
  PALABRE_TRY(const auto event, event_at<events::message_reported>(s, room, report.seq));
  if (out.back() != '[') out += ',';
  out += R"({"by_id":")" + to_text(report.by) + R"(","by":)" + *author + R"(,"reason":)";
  events::append_json(out, event ? event->reason.value : std::nullopt, events::secrets::hidden);
  out += R"(,"at":")" + to_rfc3339(report.at) + R"("})";
  return success();
}

result<std::string> render_reported(services& s, const call& c,
                                    const std::vector<projections::report_queries::reported_message>& messages) {
  const room_id room = c.room->room;
  std::string items = "[";
  for (const auto& each : messages) {
    PALABRE_TRY(const auto message, s.timeline.message_at(room, each.seq, c.user()));
    if (!message) continue; // deleted meanwhile
    if (items.size() > 1) items += ',';
    items += R"({"message":)" + *message + R"(,"reports":[)";
    for (const auto& report : each.reports) {
      PALABRE_TRY(append_report(s, items, room, report));
    }
    items += "]}";
  }
  return items + ']';
}

awaitable<answer_or_problem> list_reports(services& s, call& c) {
  const std::string path = "/api/v1/rooms/" + to_text(c.room->room) + "/reports", list = "reports:" + path;
  query_reader query(c);
  const std::size_t limit = query.limit();
  const auto behind = read_seq_cursor(s.name_key, list, c, query);
  if (!query.ok()) co_return query.take_problem();
  const auto page = s.reports.of_room(c.room->room, behind.value_or(0), limit);
  if (!page) co_return problem_of(page.error());
  const auto items = render_reported(s, c, page.value().items);
  if (!items) co_return problem_of(items.error());
  std::string next;
  if (page.value().next) next = link_to(path, make_seq_cursor(s.name_key, list, *page.value().next), limit);
  co_return json_answer(200, render_page(items.value(), next, {}));
}

} // namespace

std::span<const route> report_routes() {
  static constexpr std::string_view tag = "Moderation";
  static constexpr route rows[] = {
      {.name = "report_message",
       .tag = tag,
       .method = verb::put,
       .path = "/api/v1/rooms/{id}/messages/{mid}/report",
       .needs = access::room_read,
       .run = report_one,
       .summary = "Ask the moderators of a room to look at a message. Only they see it, and by whom; another report of "
                  "yours changes nothing until they have looked.",
       .takes = takes_a<report_body>,
       .refuses = {"message_deleted", "room_archived", "limit_exceeded", "forbidden"},
       .rpc = "message.report"},
      {.name = "list_reports",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/rooms/{id}/reports",
       .needs = access::room_moderate,
       .run = list_reports,
       .summary = "Messages that were reported, and that nobody has looked at: the oldest first.",
       .gives = answers_a<page_of<reported_message_answer>>,
       .query = {&parameters::cursor, &parameters::limit}},
      {.name = "review_message",
       .tag = tag,
       .method = verb::del,
       .path = "/api/v1/rooms/{id}/reports/{mid}",
       .needs = access::room_moderate,
       .run = review,
       .summary = "Let a reported message stand: its reports have been looked at. Deleting it ends them too.",
       .refuses = {"room_archived"},
       .rpc = "message.review"},
  };
  return rows;
}

} // namespace palabre::http
