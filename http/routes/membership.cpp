#include "http/routes/membership.hpp"

#include "events/streams.hpp"
#include "http/idempotency.hpp"
#include "http/query.hpp"
#include "http/routes/list_cursors.hpp"
#include "http/routes/moment.hpp"
#include "http/routes/render.hpp"
#include "http/routes/room_answers.hpp"
#include "http/routes/room_commands.hpp"
#include "http/schema.hpp"

namespace palabre::http {
namespace {

using boost::asio::awaitable;

/// Finds the room of a code and loads it into the call. False: there is none to join.
awaitable<result<bool>> find_room_by_code(services& s, call& c, stream_id code) {
  PALABRE_CO_TRY(co_await wait_for_head(s));
  PALABRE_CO_TRY(const auto room, s.roster.room_by_code(code));
  if (!room) co_return false;
  PALABRE_CO_TRY(co_await read_room_anew(s, c, *room));
  co_return !c.room->archived;
}

} // namespace

problem no_such_code() {
  problem p = problem_of({errc::not_found, {}});
  p.detail = "no room has this code: check it, or ask a member for the current one";
  return p;
}

awaitable<answer_or_problem> join_as(services& s, call& c, events::join_room join) {
  const bool by_code = join.share_code || join.invitation;
  auto name = display_name_of(s, c.user());
  if (!name) co_return problem_of(name.error());
  join.display_name = std::move(name).value();
  events::room_command command = std::move(join);
  fact_request what;
  what.for_joining = true;
  auto keys = idempotency_of(s, c, 200);
  auto asking = ask_room(s, c, std::move(command), std::move(what), std::move(keys));
  auto done = co_await std::move(asking);
  if (done) {
    auto answering = answer_room(s, c, 200, std::move(done.value()));
    co_return co_await std::move(answering);
  }
  const errc refused = done.error().code;
  if (by_code && (refused == errc::not_found || refused == errc::room_archived)) co_return no_such_code();
  co_return problem_of(done.error());
}

awaitable<answer_or_problem> join_by_code(services& s, call& c) {
  auto parsed = parse_body<share_code_body>(c.body);
  if (auto* wrong = std::get_if<problem>(&parsed)) co_return std::move(*wrong);
  const auto code = events::canonical_share_code(std::get<share_code_body>(parsed).share_code.value);
  if (!code) co_return no_such_code();
  const stream_id stream = events::share_code_stream(s.name_key, *code);
  auto finding = find_room_by_code(s, c, stream);
  const auto found = co_await std::move(finding);
  if (!found) co_return problem_of(found.error());
  if (!found.value()) co_return no_such_code();
  events::join_room join;
  join.share_code = *code;
  auto joining = join_as(s, c, std::move(join));
  co_return co_await std::move(joining);
}

awaitable<answer_or_problem> join_open_room(services& s, call& c) {
  events::join_room join;
  auto joining = join_as(s, c, std::move(join));
  co_return co_await std::move(joining);
}

awaitable<answer_or_problem> leave_room(services& s, call& c) {
  fact_request nothing;
  events::room_command command = events::leave_room{};
  auto keys = idempotency_of(s, c, 204);
  auto asking = ask_room(s, c, std::move(command), std::move(nothing), std::move(keys));
  const auto done = co_await std::move(asking);
  if (!done) co_return problem_of(done.error());
  co_return written(204, {}, done.value());
}

awaitable<answer_or_problem> list_members(services& s, call& c) {
  const room_id room = c.room->room;
  const std::string list = "members:" + to_text(room);
  query_reader query(c);
  const std::size_t limit = query.limit();
  const auto mark = read_id_cursor(s.name_key, list, c, query);
  if (!query.ok()) co_return query.take_problem();
  const std::optional<user_id> after = mark ? std::optional(user_id{*mark}) : std::nullopt;
  const auto asked = moment_of(s, c);
  if (const auto* wrong = std::get_if<problem>(&asked)) co_return *wrong;
  const auto& then = std::get<std::optional<moment>>(asked);
  projections::past_queries::effort done;
  const auto page = then ? s.past.members(room, then->seq, after, limit, done) : s.roster.members(room, after, limit);
  charge(c, done);
  if (!page) co_return problem_of(page.error());

  std::string items = "[";
  for (const auto& item : page.value().items) {
    const auto author = s.profiles.author_json(item.user);
    if (!author) co_return problem_of(author.error());
    if (items.size() > 1) items += ',';
    append_member(items, item, *author.value());
  }
  items += ']';
  std::string next;
  if (page.value().next)
    next = link_to("/api/v1/rooms/" + to_text(room) + "/members", make_id_cursor(s.name_key, list, *page.value().next),
                   limit) +
           at_parameter(then);
  co_return json_answer(200, render_page(items, next, {}));
}

} // namespace palabre::http
