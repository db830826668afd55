#include "http/routes/room_commands.hpp"

namespace palabre::http {
namespace {

constexpr int tries_max = 3; // facts go stale only when thousands of changes overtake the views

result<void> look_up_message(services& s, const call& c, const fact_request& what, events::room_facts& facts) {
  const room_id room = c.room->room;
  PALABRE_TRY(facts.message, s.timeline.fact(room, *what.message));
  if (!facts.message) return success();
  if (what.author_standing) {
    PALABRE_TRY(const auto author, s.roster.standing(room, facts.message->author));
    if (author) facts.author_standing = author->as;
  }
  if (!what.emoji.empty()) {
    PALABRE_TRY(facts.reacted, s.timeline.reacted(room, c.user(), facts.message->seq, what.emoji));
    PALABRE_TRY(facts.emoji_kinds, s.timeline.emoji_kinds(room, facts.message->seq));
  }
  return success();
}

/// The row in `c.room` was read first: whatever is read now is true for its seq, or for a later one.
result<events::room_facts> look_up(services& s, const call& c, const fact_request& what) {
  events::room_facts facts;
  facts.true_at = c.room->last_seq;
  facts.standing = c.standing;
  if (what.message) {
    PALABRE_TRY(look_up_message(s, c, what, facts));
  }
  if (what.rooms_of_user) {
    PALABRE_TRY(facts.rooms_of_user, s.roster.rooms_of(c.user()));
  }
  return facts;
}

} // namespace

boost::asio::awaitable<result<void>> wait_for_head(services& s) {
  return wait_for_views(s.views, s.log.head());
}

boost::asio::awaitable<result<void>> read_room_anew(services& s, call& c, room_id room) {
  PALABRE_CO_TRY(co_await wait_for_head(s));
  PALABRE_CO_TRY(auto row, s.roster.room(room));
  if (!row) co_return error{errc::not_found, "there is no such room"};
  PALABRE_CO_TRY(const auto mine, s.roster.standing(room, c.user()));
  c.room = std::move(row);
  c.standing = mine ? std::optional{mine->as} : std::nullopt;
  co_return success();
}

actors::command_origin origin_of(const call& c, std::vector<storage::idempotency> keys) {
  return {c.user(), c.correlation(), std::move(keys)};
}

boost::asio::awaitable<result<actors::outcome>> ask_room_once(services& s, call& c, events::room_command command,
                                                              fact_request what,
                                                              std::vector<storage::idempotency> keys) {
  PALABRE_CO_TRY(auto facts, look_up(s, c, what));
  if (what.message && !facts.message) {
    PALABRE_CO_TRY(co_await wait_for_head(s));
    PALABRE_CO_TRY(facts, look_up(s, c, what));
  }
  actors::room_request request;
  request.room = c.room->room;
  request.command = std::move(command);
  request.facts = std::move(facts);
  request.origin = origin_of(c, std::move(keys));
  auto asking = ask(s.commands, std::move(request));
  co_return co_await std::move(asking);
}

boost::asio::awaitable<result<actors::outcome>> ask_room(services& s, call& c, events::room_command command,
                                                         fact_request what, std::vector<storage::idempotency> keys) {
  for (int tries = 1;; ++tries) {
    auto asking = ask_room_once(s, c, command, what, keys);
    auto done = co_await std::move(asking);
    if (done || done.error().code != errc::stale_facts || tries == tries_max) co_return done;
    PALABRE_CO_TRY(co_await read_room_anew(s, c, c.room->room));
  }
}

} // namespace palabre::http
