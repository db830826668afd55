// Reactions to messages: one emoji each, once per user.

#include "base/limits.hpp"
#include "events/emoji.hpp"
#include "http/idempotency.hpp"
#include "http/query.hpp"
#include "http/routes/answers.hpp"
#include "http/routes/cursor.hpp"
#include "http/routes/moment.hpp"
#include "http/routes/parameters.hpp"
#include "http/routes/render.hpp"
#include "http/routes/room_commands.hpp"
#include "http/routes/routes.hpp"
#include "http/schema.hpp"

namespace palabre::http {
namespace {

using boost::asio::awaitable;

struct toggle_body {
  static constexpr std::string_view shape_name = "ReactionToggle";
  static constexpr std::string_view example = R"({"emoji":"👍"})";
  emoji_text emoji;
};
BOOST_DESCRIBE_STRUCT(toggle_body, (), (emoji))

/// The message and the emoji that a path names.
struct reaction_target {
  message_id message;
  std::string emoji;
};

std::variant<reaction_target, problem> target_of(const call& c) {
  const auto message = message_id::parse(c.captures[1]);
  if (!message) return no_such_message();
  auto emoji = c.captures[2].size() <= limits::emoji_bytes_max ? events::canonical_emoji(c.captures[2]) : std::nullopt;
  if (!emoji) return bad_field("{emoji}", "not_an_emoji", "the path must end with exactly one emoji, percent-encoded");
  return reaction_target{*message, std::move(*emoji)};
}

awaitable<result<actors::outcome>> ask_to_react(services& s, call& c, reaction_target target,
                                                events::reaction_change change,
                                                std::vector<storage::idempotency> keys) {
  events::react reaction;
  reaction.message = target.message;
  reaction.emoji = target.emoji;
  reaction.change = change;
  events::room_command command = std::move(reaction);
  fact_request what;
  what.message = target.message;
  what.emoji = std::move(target.emoji);
  return ask_room(s, c, std::move(command), std::move(what), std::move(keys));
}

/// `opening` and the message's reactions, once the views have reached `done`.
awaitable<answer_or_problem> answer_reactions(services& s, call& c, message_id message, std::string opening,
                                              actors::outcome done) {
  const auto seen = co_await wait_for_views(s.views, done.durable);
  if (!seen) co_return problem_of(seen.error());
  const auto reactions = s.timeline.reactions(c.room->room, message, c.user());
  if (!reactions) co_return problem_of(reactions.error());
  if (!reactions.value()) co_return no_such_message();
  co_return written(200, opening + "\"reactions\":" + *reactions.value() + '}', done);
}

awaitable<answer_or_problem> put(services& s, call& c) {
  auto target = target_of(c);
  if (auto* wrong = std::get_if<problem>(&target)) co_return std::move(*wrong);
  auto& on = std::get<reaction_target>(target);
  const message_id message = on.message;
  std::vector<storage::idempotency> no_keys;
  auto asking = ask_to_react(s, c, std::move(on), events::reaction_change::add, std::move(no_keys));
  auto done = co_await std::move(asking);
  if (!done) co_return problem_of(done.error());
  std::string opening = "{";
  auto answering = answer_reactions(s, c, message, std::move(opening), std::move(done.value()));
  co_return co_await std::move(answering);
}

awaitable<answer_or_problem> remove_reaction(services& s, call& c) {
  auto target = target_of(c);
  if (auto* wrong = std::get_if<problem>(&target)) co_return std::move(*wrong);
  auto& on = std::get<reaction_target>(target);
  std::vector<storage::idempotency> no_keys;
  auto asking = ask_to_react(s, c, std::move(on), events::reaction_change::remove, std::move(no_keys));
  const auto done = co_await std::move(asking);
  if (!done) co_return problem_of(done.error());
  co_return written(204, {}, done.value());
}

awaitable<answer_or_problem> toggle(services& s, call& c) {
  auto parsed = parse_body<toggle_body>(c.body);
  const auto message = message_id::parse(c.captures[1]);
  if (!message) co_return no_such_message();
  if (auto* wrong = std::get_if<problem>(&parsed)) co_return std::move(*wrong);
  reaction_target target;
  target.message = *message;
  target.emoji = std::move(std::get<toggle_body>(parsed).emoji.value);
  auto keys = idempotency_of(s, c, 200);
  auto asking = ask_to_react(s, c, std::move(target), events::reaction_change::toggle, std::move(keys));
  auto done = co_await std::move(asking);
  if (!done) co_return problem_of(done.error());
  const bool added = done.value()[0].view.type == events::reaction_added::type.name;
  std::string opening = added ? "{\"added\":true," : "{\"added\":false,";
  auto answering = answer_reactions(s, c, *message, std::move(opening), std::move(done.value()));
  co_return co_await std::move(answering);
}

// ---- Reading

awaitable<answer_or_problem> who(services& s, call& c) {
  const auto message = message_id::parse(c.captures[1]);
  if (!message) co_return no_such_message();
  const std::string list = "reactions:" + to_text(*message);
  query_reader query(c);
  const std::size_t limit = query.limit();
  std::optional<std::string> after;
  if (const auto* cursor = c.query_value("cursor")) {
    after = read_cursor(s.name_key, list, *cursor);
    if (!after) query.refuse("cursor", "not_a_cursor", "use a cursor as the list of this message's reactions gave it");
  }
  if (!query.ok()) co_return query.take_problem();
  const auto asked = moment_of(s, c);
  if (const auto* wrong = std::get_if<problem>(&asked)) co_return *wrong;
  const auto& then = std::get<std::optional<moment>>(asked);
  const auto fact = s.timeline.fact(c.room->room, *message);
  if (!fact) co_return problem_of(fact.error());
  if (!fact.value() || (then && fact.value()->seq > then->seq)) co_return no_such_message();

  std::string mark;
  const stream_version seq = fact.value()->seq;
  projections::past_queries::effort done;
  const auto items = then ? s.past.who_reacted(c.room->room, then->seq, seq, after.value_or(""), limit, mark, done)
                          : s.timeline.who_reacted(c.room->room, seq, after.value_or(""), limit, mark);
  charge(c, done);
  if (!items) co_return problem_of(items.error());
  std::string next;
  if (!mark.empty())
    next = link_to("/api/v1/rooms/" + to_text(c.room->room) + "/messages/" + to_text(*message) + "/reactions",
                   make_cursor(s.name_key, list, mark), limit) +
           at_parameter(then);
  co_return json_answer(200, render_page(items.value(), next, {}));
}

awaitable<answer_or_problem> summary(services& s, call& c) {
  query_reader query(c);
  const auto ids = query.ids<message_id>("message_ids");
  if (!query.ok()) co_return query.take_problem();
  const auto asked = moment_of(s, c);
  if (const auto* wrong = std::get_if<problem>(&asked)) co_return *wrong;
  const auto& then = std::get<std::optional<moment>>(asked);
  std::string body = "{\"items\":[";
  bool first = true;
  projections::past_queries::effort done;
  for (const message_id& id : ids) {
    const auto reactions =
        then ? s.past.reactions(c.room->room, then->seq, id, done) : s.timeline.reactions(c.room->room, id, c.user());
    if (!reactions) {
      charge(c, done);
      co_return problem_of(reactions.error());
    }
    if (!reactions.value()) continue; // no message of this room: the others are still worth an answer
    body += first ? "{\"message_id\":\"" : ",{\"message_id\":\"";
    first = false;
    append_text(body, id);
    body += "\",\"reactions\":";
    body += *reactions.value();
    body += '}';
  }
  charge(c, done);
  body += "]}";
  co_return json_answer(200, std::move(body));
}

} // namespace

std::span<const route> reaction_routes() {
  static constexpr std::string_view tag = "Messages";
  static constexpr route rows[] = {
      {.name = "react",
       .tag = tag,
       .method = verb::put,
       .path = "/api/v1/rooms/{id}/messages/{mid}/reactions/{emoji}",
       .needs = access::room_read,
       .run = put,
       .summary = "React with an emoji.",
       .gives = answers_a<reactions_answer>,
       .refuses = {"validation_failed", "limit_exceeded", "message_deleted", "room_archived"}},
      {.name = "take_reaction_back",
       .tag = tag,
       .method = verb::del,
       .path = "/api/v1/rooms/{id}/messages/{mid}/reactions/{emoji}",
       .needs = access::room_read,
       .run = remove_reaction,
       .summary = "Take your reaction back.",
       .refuses = {"validation_failed", "message_deleted", "room_archived"}},
      {.name = "toggle_reaction",
       .tag = tag,
       .method = verb::post,
       .path = "/api/v1/rooms/{id}/messages/{mid}/reactions",
       .needs = access::room_read,
       .run = toggle,
       .summary = "React with an emoji, or take it back if you have.",
       .gives = answers_a<toggled_answer>,
       .takes = takes_a<toggle_body>,
       .refuses = {"message_deleted", "room_archived"},
       .rpc = "reaction.toggle",
       .idempotent_key = true},
      {.name = "who_reacted",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/rooms/{id}/messages/{mid}/reactions",
       .needs = access::room_read,
       .run = who,
       .summary = "Who reacted to a message with what, and when. With `at` until then.",
       .gives = answers_a<page_of<reacted_answer>>,
       .query = {&parameters::cursor, &parameters::limit, &parameters::at},
       .refuses = {"position_unknown"}},
      {.name = "summarize_reactions",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/rooms/{id}/reactions",
       .needs = access::room_read,
       .run = summary,
       .summary =
           "The reactions to up to 200 messages. Messages that are not in the room are left out. With `at` as they "
           "were.",
       .gives = answers_a<all_of<message_reactions_answer>>,
       .query = {&parameters::message_ids, &parameters::at},
       .refuses = {"position_unknown"}},
  };
  return rows;
}

} // namespace palabre::http
