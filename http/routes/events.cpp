// The events of a room, by pages or as a stream, and tickets for who cannot send a header.

#include "base/limits.hpp"
#include "events/streams.hpp"
#include "http/query.hpp"
#include "http/realtime/recovery.hpp"
#include "http/router.hpp"
#include "http/routes/answers.hpp"
#include "http/routes/parameters.hpp"
#include "http/routes/render.hpp"
#include "http/routes/routes.hpp"
#include "http/schema.hpp"

#include <algorithm>
#include <limits>

namespace palabre::http {
namespace {

using boost::asio::awaitable;

// ---- The events of a room

/// Which stretch of a room a page shows: the events with after < seq ≤ last.
struct stretch {
  stream_version after = 0, last = 0;
};

problem position_unknown(stream_version last_seq) {
  return refusal("position_unknown",
                 "`after` lies beyond the room's last event, which is " + std::to_string(last_seq) + ": load it anew");
}

stretch requested(std::optional<std::uint64_t> before, std::optional<std::uint64_t> after, std::size_t limit,
                  stream_version top) {
  if (after) return {*after, std::min<stream_version>(top, *after + limit)};
  const stream_version last = before ? std::min<stream_version>(top, *before == 0 ? 0 : *before - 1) : top;
  return {last - std::min<stream_version>(last, limit), last};
}

/// What is told those who were not in the room when they asked.
problem left_meanwhile(const call& c) {
  return refusal(c.room->settings.visibility == events::visibility::open ? "forbidden" : "not_found");
}

/// Seqs that members do not see leave a page shorter; the links go by the stretch and lead past them.
answer_or_problem events_on(services& s, const call& c, const stretch& shown, stream_version top, std::size_t limit) {
  constexpr auto unbounded = std::numeric_limits<std::size_t>::max();
  const room_id room = c.room->room;
  const auto found = s.log.events_of(events::stream_of(room), shown.after, shown.last, limit, unbounded);
  if (!found) return problem_of(found.error());
  realtime::reader who{c.user(), c.standing->as, c.room->last_seq};
  const auto as = realtime::role_at(s.log, room, who, top);
  if (!as && as.error().code == errc::not_a_member) return left_meanwhile(c);
  if (!as) return problem_of(as.error());
  who.as = as.value();
  auto items = realtime::events_of(found.value().records, who, realtime::deletions_in_views(s.timeline, room));
  if (!items) return problem_of(items.error());
  const auto link = [&](std::string_view anchor, stream_version seq) {
    return "/api/v1/rooms/" + to_text(room) + "/events?" + std::string(anchor) + '=' + std::to_string(seq) +
           "&limit=" + std::to_string(limit);
  };
  const std::string newer = shown.last < top ? link("after", shown.last) : std::string{};
  const std::string older = shown.after > 0 ? link("before", shown.after + 1) : std::string{};
  return json_answer(200, render_page(items.value(), newer, older));
}

/// The header; a client that cannot send it says the same in the query. A browser that comes back by itself repeats the
/// query, so its header is the newer one. Empty: neither.
std::string last_event_id(const call& c) {
  const std::string* in_query = c.query_value("last_event_id");
  return c.last_event_id.empty() && in_query ? *in_query : c.last_event_id;
}

answer stream_from(const call& c, std::optional<std::uint64_t> after) {
  answer head;
  head.headers = {
      {"Content-Type", "text/event-stream; charset=utf-8"}, {"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}};
  room_reading reading{*c.who, c.room->room, after, last_event_id(c)};
  head.then = std::make_shared<continuation>(continuation{realtime::wire::room_events, {}, std::move(reading)});
  return head;
}

awaitable<answer_or_problem> list_events(services& s, call& c) {
  query_reader query(c);
  query.at_most_one_of({"before", "after"});
  const auto before = query.integer("before", 0);
  const auto after = query.integer("after", 0);
  const std::size_t limit = query.limit();
  if (c.accepts_event_stream && before) query.refuse("before", "not_allowed", "a stream goes forward");
  if (!query.ok()) co_return query.take_problem();
  if (c.accepts_event_stream) co_return stream_from(c, after);
  const auto top = s.log.head_of(events::stream_of(c.room->room));
  if (!top) co_return problem_of(top.error());
  if (after && *after > top.value()) co_return position_unknown(top.value());
  co_return events_on(s, c, requested(before, after, limit, top.value()), top.value(), limit);
}

// ---- Tickets

struct ticket_body {
  static constexpr std::string_view shape_name = "TicketRequest";
  static constexpr std::string_view example = R"({"path":"/api/v1/rooms/0192f0c1-8b11-7d2e-9f3a-1c2d3e4f5a6b/events"})";
  ascii_text<1, limits::target_bytes_max, "path_bytes"> path;
};
BOOST_DESCRIBE_STRUCT(ticket_body, (), (path))

bool takes_tickets(std::string_view path) {
  static const router all(route_table());
  std::vector<std::string> captures;
  const path_rows* rows = all.find(path, captures);
  const route* get = rows ? rows->row(verb::get) : nullptr;
  return get && get->takes_ticket;
}

awaitable<answer_or_problem> make_ticket(services& s, call& c) {
  auto parsed = parse_body<ticket_body>(c.body);
  if (auto* wrong = std::get_if<problem>(&parsed)) co_return std::move(*wrong);
  std::string& path = std::get<ticket_body>(parsed).path.value;
  if (!takes_tickets(path)) co_return bad_field("/path", "not_allowed", "no path that takes tickets, without a query");
  const auto ticket = s.tickets->issue(*c.who, std::move(path), s.random, s.time.now());
  if (!ticket) co_return problem_of(ticket.error());
  answer a = json_answer(200, R"({"ticket":")" + ticket.value() + R"(","expires_in":)" +
                                  std::to_string(limits::ticket_life.count()) + '}');
  a.headers.emplace_back("Cache-Control", "no-store");
  a.holds_secrets = true;
  co_return a;
}

} // namespace

std::span<const route> event_routes() {
  static constexpr std::string_view tag = "Events";
  static constexpr route rows[] = {
      {.name = "list_events",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/rooms/{id}/events",
       .needs = access::room_read,
       .run = list_events,
       .summary =
           "A page of a room's events, ascending by seq: the newest, or before or after a seq; to moderators also "
           "bans, mutes, invitations and reports. With Accept: "
           "text/event-stream a stream of them, from `after` or Last-Event-ID on, with ids to go on from.",
       .gives = answers_a<page_of<event_answer>>,
       .query = {&parameters::before, &parameters::after, &parameters::last_event_id, &parameters::limit},
       .refuses = {"position_unknown"},
       .takes_ticket = true,
       .streams = true},
      {.name = "make_ticket",
       .tag = tag,
       .method = verb::post,
       .path = "/api/v1/me/tickets",
       .needs = access::user,
       .run = make_ticket,
       .summary = "A ticket for one GET of `path` within 30 seconds, for clients that cannot send a header.",
       .gives = answers_a<ticket_answer>,
       .takes = takes_a<ticket_body>,
       .refuses = {"limit_exceeded"},
       .stores_nothing = true},
  };
  return rows;
}

} // namespace palabre::http
