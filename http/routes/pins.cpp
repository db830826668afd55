// Messages that a room's people find at once.

#include "http/query.hpp"
#include "http/routes/answers.hpp"
#include "http/routes/moment.hpp"
#include "http/routes/parameters.hpp"
#include "http/routes/render.hpp"
#include "http/routes/room_commands.hpp"
#include "http/routes/routes.hpp"

namespace palabre::http {
namespace {

using boost::asio::awaitable;

/// Requires: `Command` is about a message, and has nothing besides.
template <class Command>
awaitable<answer_or_problem> change_pin(services& s, call& c) {
  const auto message = message_id::parse(c.captures[1]);
  if (!message) co_return problem_of({errc::not_found, {}});
  events::room_command command = Command{*message};
  fact_request what;
  what.message = message;
  std::vector<storage::idempotency> no_keys;
  auto asking = ask_room(s, c, std::move(command), std::move(what), std::move(no_keys));
  const auto done = co_await std::move(asking);
  if (!done) co_return problem_of(done.error());
  co_return written(204, {}, done.value());
}

/// A hundred at most, so they are always told whole.
awaitable<answer_or_problem> list_pins(services& s, call& c) {
  const auto asked = moment_of(s, c);
  if (const auto* wrong = std::get_if<problem>(&asked)) co_return *wrong;
  const auto& then = std::get<std::optional<moment>>(asked);
  projections::past_queries::effort done;
  const auto items = then ? s.past.pins_json(c.room->room, then->seq, then->words, done)
                          : s.timeline.pins_json(c.room->room, c.user());
  charge(c, done);
  if (!items) co_return problem_of(items.error());
  co_return json_answer(200, R"({"items":)" + items.value() + '}');
}

} // namespace

std::span<const route> pin_routes() {
  static constexpr std::string_view tag = "Messages";
  static constexpr route rows[] = {
      {.name = "list_pins",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/rooms/{id}/pins",
       .needs = access::room_read,
       .run = list_pins,
       .summary = "The pinned messages of a room, the last one first. With `at` as it was.",
       .gives = answers_a<all_of<pin_answer>>,
       .query = {&parameters::at},
       .refuses = {"position_unknown"},
       .rpc = "room.pins"},
      {.name = "pin_message",
       .tag = tag,
       .method = verb::put,
       .path = "/api/v1/rooms/{id}/pins/{mid}",
       .needs = access::room_moderate,
       .run = change_pin<events::pin_message>,
       .summary = "Pin a message. A room has at most 100 pins; a deleted message is no longer one.",
       .refuses = {"message_deleted", "room_archived", "limit_exceeded"},
       .rpc = "message.pin"},
      {.name = "unpin_message",
       .tag = tag,
       .method = verb::del,
       .path = "/api/v1/rooms/{id}/pins/{mid}",
       .needs = access::room_moderate,
       .run = change_pin<events::unpin_message>,
       .summary = "Take a pin away. The message stays.",
       .refuses = {"room_archived"},
       .rpc = "message.unpin"},
  };
  return rows;
}

} // namespace palabre::http
