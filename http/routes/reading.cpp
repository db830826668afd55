// How far one has read in a room.

#include "http/ask.hpp"
#include "http/read_positions.hpp"
#include "http/routes/answers.hpp"
#include "http/routes/moment.hpp"
#include "http/routes/parameters.hpp"
#include "http/routes/render.hpp"
#include "http/routes/room_commands.hpp"
#include "http/routes/routes.hpp"
#include "http/schema.hpp"

#include <algorithm>

namespace palabre::http {
namespace {

using boost::asio::awaitable;

struct read_body {
  static constexpr std::string_view shape_name = "ReadPosition";
  static constexpr std::string_view example = R"({"seq":17})";
  std::uint64_t seq = 0;
};
BOOST_DESCRIBE_STRUCT(read_body, (), (seq))

/// `wanted`, or the room's end if that is before it. The views may not have a message yet whose seq the caller knows.
awaitable<result<stream_version>> clamped(services& s, call& c, stream_version wanted) {
  if (wanted > c.room->last_seq) {
    PALABRE_CO_TRY(co_await read_room_anew(s, c, c.room->room));
  }
  co_return std::min(wanted, c.room->last_seq);
}

/// Until the views say that `seq` is read. Answers where in the log that is durable by.
awaitable<result<position>> read_up_to(services& s, const call& c, stream_version seq) {
  PALABRE_CO_TRY(const stream_version before, s.reading.last_read(c.user(), c.room->room));
  if (seq <= before) co_return s.log.head();
  auto advancing = s.reads.advance(c.user(), c.room->room, seq, c.correlation());
  PALABRE_CO_TRY(const position durable, co_await std::move(advancing));
  auto waiting = wait_for_views(s.views, durable);
  PALABRE_CO_TRY(co_await std::move(waiting));
  co_return durable;
}

/// nullopt: the caller is not in the room any more.
result<std::optional<projections::read_state>> state_of(const services& s, const call& c) {
  const room_id room = c.room->room;
  PALABRE_TRY(const auto mine, s.roster.standing(room, c.user()));
  if (!mine) return std::optional<projections::read_state>{};
  PALABRE_TRY(const auto states, s.reading.states(c.user(), {{room, mine->joined_seq}}));
  return std::optional{states.front()};
}

awaitable<answer_or_problem> get_position(services& s, call& c) {
  const auto asked = moment_of(s, c);
  if (const auto* wrong = std::get_if<problem>(&asked)) co_return *wrong;
  if (const auto& then = std::get<std::optional<moment>>(asked)) {
    projections::past_queries::effort done;
    const auto read = s.past.last_read(c.user(), c.room->room, then->seq, then->time, done);
    charge(c, done);
    if (!read) co_return problem_of(read.error());
    co_return json_answer(200, R"({"last_read_seq":)" + std::to_string(read.value()) +
                                   R"(,"unread_count":null,"mention_count":null})");
  }
  const auto state = state_of(s, c);
  if (!state) co_return problem_of(state.error());
  if (!state.value()) co_return problem_of({errc::not_found, "you are not in this room any more"});
  co_return json_answer(200, render_read_state(*state.value()));
}

awaitable<answer_or_problem> advance(services& s, call& c) {
  const auto parsed = parse_body<read_body>(c.body);
  if (const auto* wrong = std::get_if<problem>(&parsed)) co_return *wrong;
  auto clamping = clamped(s, c, std::get<read_body>(parsed).seq);
  const auto seq = co_await std::move(clamping);
  if (!seq) co_return problem_of(seq.error());
  if (!c.standing) co_return problem_of({errc::not_found, "you are not in this room any more"});
  auto advancing = read_up_to(s, c, seq.value());
  const auto durable = co_await std::move(advancing);
  if (!durable) co_return problem_of(durable.error());
  const auto state = state_of(s, c);
  if (!state) co_return problem_of(state.error());
  if (!state.value()) co_return problem_of({errc::not_found, "you are not in this room any more"});
  answer a = json_answer(200, render_read_state(*state.value()));
  a.headers.emplace_back("Palabre-Position", std::to_string(durable.value().value));
  co_return a;
}

} // namespace

std::span<const route> reading_routes() {
  static constexpr std::string_view tag = "Messages";
  static constexpr route rows[] = {
      {.name = "get_read_position",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/rooms/{id}/read",
       .needs = access::room_read,
       .run = get_position,
       .summary = "How far you have read a room, and what is left. With `at` how far you had read it then.",
       .gives = answers_a<read_position_answer>,
       .query = {&parameters::at},
       .refuses = {"position_unknown"}},
      {.name = "mark_read",
       .tag = tag,
       .method = verb::put,
       .path = "/api/v1/rooms/{id}/read",
       .needs = access::room_read,
       .run = advance,
       .summary =
           "Say up to which seq you have read a room; never goes back, and not beyond the room's last_seq. The first "
           "of several that come within a second is carried out at once, the others together when the second is "
           "over.",
       .gives = answers_a<read_state_answer>,
       .takes = takes_a<read_body>,
       .rpc = "read.advance",
       .answers_late = true},
  };
  return rows;
}

} // namespace palabre::http
