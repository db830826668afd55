#include "http/routes/direct_rooms.hpp"

#include "events/streams.hpp"
#include "http/idempotency.hpp"
#include "http/routes/render.hpp"
#include "http/routes/room_answers.hpp"
#include "http/routes/room_commands.hpp"

namespace palabre::http {
namespace {

using boost::asio::awaitable;

std::optional<problem> check_peer(services& s, const call& c, user_id other) {
  if (other == c.user()) return bad_field("/user_id", "is_yourself", "a direct room is with somebody else");
  return check_person(s, other);
}

/// Loads the pair's room into the call. False: they have none yet.
awaitable<result<bool>> find_direct_room(services& s, call& c, stream_id pair) {
  PALABRE_CO_TRY(co_await wait_for_head(s));
  PALABRE_CO_TRY(const auto room, s.roster.direct_room(pair));
  if (!room) co_return false;
  PALABRE_CO_TRY(co_await read_room_anew(s, c, *room));
  co_return true;
}

awaitable<result<actors::outcome>> ask_direct_room(services& s, call& c, events::open_direct_room command,
                                                   std::vector<storage::idempotency> keys) {
  actors::room_request request;
  request.room = command.room;
  PALABRE_CO_TRY(request.facts.rooms_of_user, s.roster.room_count_of(c.user()));
  PALABRE_CO_TRY(request.facts.rooms_of_other, s.roster.room_count_of(command.user));
  PALABRE_CO_TRY(command.display_name, display_name_of(s, c.user()));
  request.command = std::move(command);
  request.origin = origin_of(c, std::move(keys));
  auto asking = ask(s.commands, std::move(request));
  co_return co_await std::move(asking);
}

} // namespace

awaitable<answer_or_problem> open_direct_room(services& s, call& c, user_id other) {
  const stream_id pair = events::direct_pair_stream(c.user(), other);
  auto keys = idempotency_of(s, c, 201);
  auto finding = find_direct_room(s, c, pair);
  auto found = co_await std::move(finding);
  if (!found) co_return problem_of(found.error());
  if (found.value() && keys.empty()) co_return answer_room_as_read(s, c); // a key may say that it was made under it
  if (auto wrong = check_peer(s, c, other); wrong && !found.value()) co_return std::move(*wrong);

  events::open_direct_room command;
  command.room = room_id{s.random.next_id(s.time.now())};
  command.user = other;
  command.pair = pair;
  command.settings.visibility = events::visibility::closed; // the rest is of nobody: neither could change it
  auto asking = ask_direct_room(s, c, std::move(command), std::move(keys));
  auto done = co_await std::move(asking);
  if (done) {
    auto answering = answer_room(s, c, 201, std::move(done.value()));
    co_return co_await std::move(answering);
  }
  if (done.error().code != errc::version_mismatch) co_return problem_of(done.error());
  auto looking_again = find_direct_room(s, c, pair); // somebody was faster: the other, most likely
  found = co_await std::move(looking_again);
  if (!found) co_return problem_of(found.error());
  if (!found.value()) co_return problem_of({errc::corrupt, "a pair has claimed a direct room that is not there"});
  co_return answer_room_as_read(s, c);
}

} // namespace palabre::http
