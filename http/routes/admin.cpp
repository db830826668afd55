// GET /api/v1/admin/events: who did what to what, when, and by which request, for administrators.

#include "events/catalog.hpp"
#include "events/streams.hpp"
#include "http/query.hpp"
#include "http/rate_limits.hpp"
#include "http/router.hpp"
#include "http/routes/answers.hpp"
#include "http/routes/audited_event.hpp"
#include "http/routes/parameters.hpp"
#include "http/routes/render.hpp"
#include "http/routes/routes.hpp"
#include "projections/event_search.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace palabre::http {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using projections::event_filter;
using projections::event_search;

static_assert(event_search::records_looked_at_max == 10'000); // the summary of the row says it
constexpr std::string_view filters[] = {"room", "stream", "user", "about", "type", "request", "since", "until"};

// ---- What is asked for

/// A parameter as `read` understands it; nullopt: absent or wrong.
template <class Read>
auto parameter(query_reader& query, const call& c, std::string_view name, std::string_view wrong, Read read)
    -> decltype(read(std::string())) {
  const std::string* text = c.query_value(name);
  if (!text) return std::nullopt;
  auto value = read(*text);
  if (!value) query.refuse(name, "not_allowed", std::string(wrong));
  return value;
}

std::optional<std::string> known_type(const std::string& name) {
  const auto& types = events::all_types();
  const bool known = std::any_of(types.begin(), types.end(), [&](const auto& t) { return t.type.name == name; });
  return known ? std::optional(name) : std::nullopt;
}

std::optional<std::string> any_text(const std::string& text) {
  return text;
}

event_filter filter_of(query_reader& query, const call& c) {
  constexpr std::string_view an_id = "an id", a_time = "a time as 2026-01-31T12:00:00Z";
  const auto id = [](const std::string& text) { return parse_uuid(text); };
  const auto time = [](const std::string& text) { return parse_rfc3339(text); };
  const auto stream = [](const std::string& text) { return events::parse_stream(text); };
  event_filter wanted;
  query.at_most_one_of({"room", "stream"});
  wanted.stream = parameter(query, c, "stream", "a stream as events name it, as user:0190…", stream);
  if (const auto room = parameter(query, c, "room", an_id, id)) wanted.stream = events::stream_of(room_id{*room});
  if (const auto user = parameter(query, c, "user", an_id, id)) wanted.user = user_id{*user};
  if (const auto about = parameter(query, c, "about", an_id, id)) wanted.ask_about(*about);
  wanted.type = parameter(query, c, "type", "the type of an event, as message.posted", known_type);
  wanted.request = parameter(query, c, "request", {}, any_text);
  wanted.since = parameter(query, c, "since", a_time, time);
  wanted.until = parameter(query, c, "until", a_time, time);
  return wanted;
}

/// Newest first, from the end or from below `before`; with `after` oldest first.
event_search::page_request page_asked(query_reader& query, position head) {
  query.at_most_one_of({"before", "after"});
  const auto before = query.integer("before", 0);
  const auto after = query.integer("after", 0);
  event_search::page_request page;
  page.count_max = query.limit();
  page.head = head;
  page.way = after ? event_search::direction::newer : event_search::direction::older;
  page.from = after ? position{*after} : std::min(position{before.value_or(head.value + 1)}, head.next());
  return page;
}

problem position_unknown(position head) {
  return refusal("position_unknown",
                 "`after` lies beyond the log's last event, which is " + std::to_string(head.value));
}

// ---- The answer

/// The same filters, at another place.
std::string link(const call& c, const event_search::page_request& page, event_search::direction way, position from) {
  std::string url = "/api/v1/admin/events?";
  url += way == event_search::direction::older ? "before=" : "after=";
  url += std::to_string(from.value) + "&limit=" + std::to_string(page.count_max);
  for (const std::string_view name : filters)
    if (const std::string* value = c.query_value(name)) {
      url += '&';
      url += name;
      url += '=' + percent_encoded(*value);
    }
  return url;
}

/// To what lies on the other side of where the page began; empty: nothing does.
std::string link_back(const call& c, const event_search::page_request& page) {
  using enum event_search::direction;
  if (page.way == newer) return page.from == position{} ? "" : link(c, page, older, page.from.next());
  if (page.from > page.head) return {};
  return link(c, page, newer, {page.from.value == 0 ? 0 : page.from.value - 1});
}

answer_or_problem render(services& s, const call& c, const event_search::page_request& page, event_search& search) {
  std::string items = "[";
  for (const storage::committed_record& each : search.found()) {
    if (items.size() > 1) items += ',';
    if (const auto appended = append_audited_event(items, each, s.profiles); !appended)
      return problem_of(appended.error());
  }
  items += ']';
  const auto next = search.next();
  if (!next) return problem_of(next.error());
  const std::string on = next.value() ? link(c, page, page.way, *next.value()) : std::string{};
  answer a = json_answer(200, render_page(items, on, link_back(c, page)));
  a.headers.emplace_back("Cache-Control", "no-store");
  return a;
}

/// What it went through beyond one step counts as further looks back: who asked waits before the next.
void charge(const call& c, const event_search& search) {
  if (search.looked_at() <= event_search::records_per_step) return;
  const auto now = std::chrono::steady_clock::now();
  const std::size_t more = (search.looked_at() - 1) / event_search::records_per_step;
  c.of->rates().owe(rate_class::look_back, c.user(), now, more);
}

/// Others on this thread get their turn between two steps.
awaitable<answer_or_problem> list_all_events(services& s, call& c) {
  const position head = s.log.head();
  query_reader query(c);
  event_filter wanted = filter_of(query, c);
  const event_search::page_request page = page_asked(query, head);
  if (!query.ok()) co_return query.take_problem();
  if (page.way == event_search::direction::newer && page.from > head) co_return position_unknown(head);
  event_search search(s.log, std::move(wanted), page);
  const auto executor = co_await asio::this_coro::executor;
  for (;;) {
    const auto more = search.step();
    if (!more) co_return problem_of(more.error());
    if (!more.value()) break;
    auto turn = asio::post(executor, asio::use_awaitable);
    co_await std::move(turn);
  }
  charge(c, search);
  co_return render(s, c, page, search);
}

// ---- The row

using parameters::in_query;
constexpr query_parameter room{"room", "only events of this room", in_query<uuid>};
constexpr query_parameter stream{"stream", "only events of this stream, as user:0190…", in_query<std::string>};
constexpr query_parameter user{"user", "only what this user did", in_query<uuid>};
constexpr query_parameter about{"about", "only what names this id: of a user, a room, a message, a session",
                                in_query<uuid>};
constexpr query_parameter type{"type", "only events of this type, as message.posted", in_query<std::string>};
constexpr query_parameter request{"request", "only what this request did, by its X-Request-ID", in_query<std::string>};
constexpr query_parameter since{"since", "only from this time on (RFC 3339)", in_query<timestamp>};
constexpr query_parameter until{"until", "only up to this time (RFC 3339)", in_query<timestamp>};
constexpr query_parameter before{"before", "only what is older than this position", in_query<parameters::seq_number>};
constexpr query_parameter after{"after", "only what is newer than this position, oldest first",
                                in_query<parameters::seq_number>};

} // namespace

std::span<const route> admin_routes() {
  static constexpr route rows[] = {
      {.name = "list_all_events",
       .tag = "Administration",
       .method = verb::get,
       .path = "/api/v1/admin/events",
       .needs = access::administrator,
       .run = list_all_events,
       .summary = "Who did what to what, when, and by which request: every event, newest first. A page looks at 10,000 "
                  "events: where it finds fewer than `limit` among them it is short, and `next` goes on from there.",
       .gives = answers_a<page_of<audited_event_answer>>,
       .query = {&room, &stream, &user, &about, &type, &request, &since, &until, &before, &after, &parameters::limit},
       .refuses = {"position_unknown"},
       .rate = rate_class::look_back},
  };
  return rows;
}

} // namespace palabre::http
