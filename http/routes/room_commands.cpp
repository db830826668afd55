#include "http/routes/room_commands.hpp"

namespace palabre::http {
namespace {

constexpr int stale_tries_max = 3; // facts go stale when a thousand changes overtake the views, or one that they needed

result<std::optional<events::standing>> standing_of(services& s, room_id room, user_id user) {
  PALABRE_TRY(const auto place, s.roster.standing(room, user));
  return place ? std::optional(place->standing()) : std::nullopt;
}

result<void> look_up_message(services& s, const call& c, const fact_request& what, events::room_facts& facts) {
  const room_id room = c.room->room;
  PALABRE_TRY(facts.message, s.timeline.fact(room, *what.message));
  if (!facts.message) return success();
  if (what.author_standing) {
    PALABRE_TRY(facts.other_standing, standing_of(s, room, facts.message->author));
  }
  if (!what.emoji.empty()) {
    PALABRE_TRY(facts.reacted, s.timeline.reacted(room, c.user(), facts.message->seq, what.emoji));
    PALABRE_TRY(facts.emoji_kinds, s.timeline.emoji_kinds(room, facts.message->seq));
  }
  if (what.reports) {
    PALABRE_TRY(const auto reports, s.reports.of_message(room, facts.message->seq));
    for (const auto& each : reports) facts.reporters.push_back(each.by);
  }
  return success();
}

result<void> look_up_mentioned(services& s, const call& c, const fact_request& what, events::room_facts& facts) {
  for (const auto& possible : what.mentioned) {
    auto& people = facts.mentioned.emplace_back();
    for (const user_id each : possible) {
      PALABRE_TRY(const auto place, s.roster.standing(c.room->room, each));
      people.push_back({each, place.has_value()});
    }
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
  const room_id room = c.room->room;
  if (what.person) {
    PALABRE_TRY(facts.other_standing, standing_of(s, room, *what.person));
    PALABRE_TRY(facts.held, s.roster.held_against(room, *what.person));
  }
  if (what.for_joining) {
    PALABRE_TRY(facts.rooms_of_user, s.roster.room_count_of(c.user()));
    PALABRE_TRY(facts.held, s.roster.held_against(room, c.user()));
  }
  PALABRE_TRY(look_up_mentioned(s, c, what, facts));
  if (what.last_post && c.room->settings.slow_mode_seconds != 0) {
    PALABRE_TRY(facts.last_post, s.roster.last_slow_post(room, c.user()));
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
  PALABRE_CO_TRY(c.standing, standing_of(s, room, c.user()));
  c.room = std::move(row);
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
    if (done || done.error().code != errc::stale_facts || tries == stale_tries_max) co_return done;
    PALABRE_CO_TRY(co_await read_room_anew(s, c, c.room->room));
  }
}

} // namespace palabre::http
