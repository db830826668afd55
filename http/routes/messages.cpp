// Messages of a room: posting, reading, editing and deleting them.

#include "base/limits.hpp"
#include "http/idempotency.hpp"
#include "http/query.hpp"
#include "http/routes/answers.hpp"
#include "http/routes/mentions.hpp"
#include "http/routes/message_text.hpp"
#include "http/routes/moment.hpp"
#include "http/routes/parameters.hpp"
#include "http/routes/render.hpp"
#include "http/routes/room_commands.hpp"
#include "http/routes/routes.hpp"
#include "http/schema.hpp"

namespace palabre::http {
namespace {

using boost::asio::awaitable;

struct post_body {
  static constexpr std::string_view shape_name = "NewMessage";
  static constexpr std::string_view example = R"({"body":"Good morning!","client_id":"c-1"})";
  message_text body;
  std::optional<message_id> reply_to;
  std::optional<key_text> client_id;
  std::optional<metadata_json> metadata;
};
BOOST_DESCRIBE_STRUCT(post_body, (), (body, reply_to, client_id, metadata))

struct edit_body {
  static constexpr std::string_view shape_name = "MessageEdit";
  static constexpr std::string_view example = R"({"body":"Good evening!"})";
  message_text body;
};
BOOST_DESCRIBE_STRUCT(edit_body, (), (body))

// ---- Posting

std::vector<storage::idempotency> keys_of(services& s, const call& c, const post_body& body) {
  auto keys = idempotency_of(s, c, 201);
  if (body.client_id)
    keys.push_back(idempotency_of_client_id(s, c.user(), c.room->room, body.client_id->value, canonical(body), 201));
  return keys;
}

events::post_message command_of(services& s, post_body& body, std::string author_name) {
  events::post_message command;
  command.message = message_id{s.random.next_id(s.time.now())};
  command.body = std::move(body.body.value);
  command.reply_to = body.reply_to;
  if (body.client_id) command.client_id = std::move(body.client_id->value);
  if (body.metadata) command.metadata = std::move(body.metadata->value);
  command.author_name = std::move(author_name);
  return command;
}

/// "null" for no parent. Words that were deleted before are not shown: where the views do not get as far as `durable`
/// in time, nothing is shown of it. Errors: io, corrupt.
awaitable<result<std::string>> parent_of(services& s, room_id room, std::optional<message_id> parent,
                                         position durable) {
  if (!parent) co_return std::string("null");
  auto waiting = wait_for_views(s.views, durable);
  const auto reached = co_await std::move(waiting);
  if (!reached) co_return std::string("null"); // what was posted is posted
  co_return s.timeline.parent_json(room, *parent);
}

/// The words of the first answer, unless the message was deleted since: then what is left of it.
result<std::string> render_replayed(services& s, const storage::record& posted, user_id viewer,
                                    std::string_view author_json, std::string_view parent_json) {
  const room_id room{posted.stream.id};
  PALABRE_TRY(const auto fact, s.timeline.fact_at(room, posted.version));
  if (fact && !fact->deleted) return render_posted(posted, author_json, parent_json);
  PALABRE_TRY(const auto event, events::decode_as<events::message_posted>(posted.schema, posted.payload));
  PALABRE_TRY(auto tombstone, s.timeline.message(room, event.message, viewer));
  if (!tombstone) return error{errc::not_found, "the message is gone"};
  return std::move(*tombstone);
}

/// Of what was posted now or, when it is a repeated one, before: then a deletion that was acked counts.
awaitable<result<std::string>> render_outcome(services& s, call& c, const actors::outcome& done,
                                              std::optional<message_id> reply_to,
                                              std::shared_ptr<const std::string> author_json) {
  const position durable = done.replayed ? s.log.head() : done.durable;
  auto looking = parent_of(s, c.room->room, reply_to, durable);
  PALABRE_CO_TRY(const std::string parent, co_await std::move(looking));
  if (!done.replayed) co_return render_posted(done[0].view, *author_json, parent);
  auto waiting = wait_for_views(s.views, durable);
  PALABRE_CO_TRY(co_await std::move(waiting));
  co_return render_replayed(s, done[0].view, c.user(), *author_json, parent);
}

/// The answer comes from the committed event, not from the views: what is neither a reply nor a repeated post waits for
/// nothing but the log.
awaitable<answer_or_problem> post(services& s, call& c) {
  auto parsed = parse_body<post_body>(c.body);
  if (auto* wrong = std::get_if<problem>(&parsed)) co_return std::move(*wrong);
  auto& body = std::get<post_body>(parsed);
  const auto author = s.profiles.author_json(c.user());
  if (!author) co_return problem_of(author.error());
  auto name = display_name_in(*author.value());
  if (!name) co_return problem_of(name.error());

  auto keys = keys_of(s, c, body);
  auto looking = find_named(s, events::possible_mentions(body.body.value));
  auto mentioned = co_await std::move(looking);
  if (!mentioned) co_return problem_of(mentioned.error());
  fact_request what;
  what.message = body.reply_to;
  what.last_post = true;
  what.mentioned = std::move(mentioned).value();
  events::room_command command = command_of(s, body, std::move(name.value()));
  auto asking = ask_room(s, c, std::move(command), std::move(what), std::move(keys));
  const auto done = co_await std::move(asking);
  if (!done && done.error().code == errc::invalid)
    co_return bad_field("/reply_to", "not_found", "there is no such message in this room");
  if (!done) co_return problem_of(done.error());
  auto rendering = render_outcome(s, c, done.value(), body.reply_to, author.value());
  auto message = co_await std::move(rendering);
  if (!message) co_return problem_of(message.error());
  co_return written(201, std::move(message.value()), done.value());
}

// ---- Reading

projections::page_request requested(query_reader& query) {
  using anchor = projections::page_request::anchor;
  projections::page_request what;
  query.at_most_one_of({"before", "after", "around", "ids"});
  const auto take = [&](std::string_view name, anchor from) {
    const auto seq = query.integer(name, 0);
    if (!seq) return;
    what.from = from;
    what.seq = *seq;
  };
  take("before", anchor::before);
  take("after", anchor::after);
  take("around", anchor::around);
  what.limit = query.limit();
  return what;
}

/// Those that are asked for by their ids, in that order; what is none of the room is left out.
result<std::string> render_asked_for(services& s, const call& c, const std::vector<message_id>& ids,
                                     const std::optional<moment>& then, projections::past_queries::effort& done) {
  if (!then) return s.timeline.messages(c.room->room, ids, c.user());
  projections::past_queries::parents known;
  std::string items = "[";
  for (const message_id each : ids) {
    PALABRE_TRY(const auto message, s.past.message(c.room->room, then->seq, each, then->words, known, done));
    if (!message) continue;
    if (items.size() > 1) items += ',';
    items += *message;
  }
  return items + ']';
}

awaitable<answer_or_problem> list_messages(services& s, call& c) {
  query_reader query(c);
  const auto what = requested(query);
  const auto ids = c.query_value("ids") ? query.ids<message_id>("ids") : std::vector<message_id>{};
  if (!query.ok()) co_return query.take_problem();
  const auto asked = moment_of(s, c);
  if (const auto* wrong = std::get_if<problem>(&asked)) co_return *wrong;
  const auto& then = std::get<std::optional<moment>>(asked);
  projections::past_queries::effort done;
  if (!ids.empty()) {
    const auto items = render_asked_for(s, c, ids, then, done);
    charge(c, done);
    if (!items) co_return problem_of(items.error());
    co_return json_answer(200, render_page(items.value(), {}, {}));
  }
  const auto page = then ? s.past.page(c.room->room, then->seq, what, then->words, done)
                         : s.timeline.page(c.room->room, c.user(), what);
  charge(c, done);
  if (!page) co_return problem_of(page.error());
  const auto link = [&](std::string_view anchor, stream_version seq) {
    return "/api/v1/rooms/" + to_text(c.room->room) + "/messages?" + std::string(anchor) + '=' + std::to_string(seq) +
           "&limit=" + std::to_string(what.limit) + at_parameter(then);
  };
  const auto& found = page.value();
  const bool any = found.count > 0;
  const std::string older = any && found.older ? link("before", found.first_seq) : std::string{};
  const std::string newer = any && found.newer ? link("after", found.last_seq) : std::string{};
  co_return json_answer(200, render_page(found.items_json, newer, older));
}

awaitable<answer_or_problem> get_message(services& s, call& c) {
  const auto id = message_id::parse(c.captures[1]);
  if (!id) co_return no_such_message();
  const auto asked = moment_of(s, c);
  if (const auto* wrong = std::get_if<problem>(&asked)) co_return *wrong;
  const auto& then = std::get<std::optional<moment>>(asked);
  projections::past_queries::effort done;
  projections::past_queries::parents none;
  auto message = then ? s.past.message(c.room->room, then->seq, *id, then->words, none, done)
                      : s.timeline.message(c.room->room, *id, c.user());
  charge(c, done);
  if (!message) co_return problem_of(message.error());
  if (!message.value()) co_return no_such_message();
  co_return json_answer(200, std::move(*message.value()));
}

awaitable<answer_or_problem> list_edits(services& s, call& c) {
  using projections::past_queries;
  const auto id = message_id::parse(c.captures[1]);
  if (!id) co_return no_such_message();
  const bool moderates = c.standing->as >= events::role::moderator;
  const auto words = moderates ? past_queries::deleted_words::shown : past_queries::deleted_words::hidden;
  past_queries::effort done;
  const auto editions = s.past.editions(c.room->room, *id, words, done);
  charge(c, done);
  if (!editions) co_return problem_of(editions.error());
  if (!editions.value()) co_return no_such_message();
  co_return json_answer(200, R"({"items":)" + *editions.value() + '}');
}

// ---- Changing

awaitable<answer_or_problem> edit(services& s, call& c) {
  const auto id = message_id::parse(c.captures[1]);
  if (!id) co_return no_such_message();
  auto parsed = parse_body<edit_body>(c.body);
  if (auto* wrong = std::get_if<problem>(&parsed)) co_return std::move(*wrong);
  events::edit_message change;
  change.message = *id;
  change.body = std::move(std::get<edit_body>(parsed).body.value);
  fact_request what;
  what.message = id;
  auto looking = find_named(s, events::possible_mentions(change.body));
  auto mentioned = co_await std::move(looking);
  if (!mentioned) co_return problem_of(mentioned.error());
  what.mentioned = std::move(mentioned).value();
  events::room_command command = std::move(change);
  std::vector<storage::idempotency> no_keys;
  auto asking = ask_room(s, c, std::move(command), std::move(what), std::move(no_keys));
  const auto done = co_await std::move(asking);
  if (!done) co_return problem_of(done.error());
  const auto seen = co_await wait_for_views(s.views, done.value().durable);
  if (!seen) co_return problem_of(seen.error());
  auto message = s.timeline.message(c.room->room, *id, c.user());
  if (!message) co_return problem_of(message.error());
  if (!message.value()) co_return no_such_message();
  co_return written(200, std::move(*message.value()), done.value());
}

awaitable<answer_or_problem> delete_message(services& s, call& c) {
  const auto id = message_id::parse(c.captures[1]);
  if (!id) co_return no_such_message();
  events::delete_message removal;
  removal.message = *id;
  events::room_command command = removal;
  fact_request what;
  what.message = id;
  what.author_standing = true;
  std::vector<storage::idempotency> no_keys;
  auto asking = ask_room(s, c, std::move(command), std::move(what), std::move(no_keys));
  const auto done = co_await std::move(asking);
  if (!done) co_return problem_of(done.error());
  co_return written(204, {}, done.value());
}

} // namespace

std::span<const route> message_routes() {
  static constexpr std::string_view tag = "Messages";
  static constexpr route rows[] = {
      {.name = "post_message",
       .tag = tag,
       .method = verb::post,
       .path = "/api/v1/rooms/{id}/messages",
       .needs = access::room_post,
       .run = post,
       .summary = "Post a message. A repeated `client_id` answers the message that was posted with it. Members whose "
                  "login stands in it behind an `@` are told, 50 at most; your draft in the room is gone.",
       .gives = makes_a<message_answer>,
       .takes = takes_a<post_body>,
       .refuses = {"room_archived", "muted", "slow_mode"},
       .rpc = "message.post",
       .idempotent_key = true},
      {.name = "list_messages",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/rooms/{id}/messages",
       .needs = access::room_read,
       .run = list_messages,
       .summary =
           "A page of messages, ascending by seq: the newest, or before, after or around a seq. `prev` is the older "
           "page, `next` the newer one, null where there is none. With `ids` those messages, as far as they are in the "
           "room. With `at` as it was then; what was deleted since stays a tombstone for members.",
       .gives = answers_a<page_of<message_answer>>,
       .query = {&parameters::before, &parameters::after, &parameters::around, &parameters::ids, &parameters::limit,
                 &parameters::at},
       .refuses = {"position_unknown"},
       .rpc = "room.history"},
      {.name = "get_message",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/rooms/{id}/messages/{mid}",
       .needs = access::room_read,
       .run = get_message,
       .summary = "A message. With `at` as it was.",
       .gives = answers_a<message_answer>,
       .query = {&parameters::at},
       .refuses = {"position_unknown"}},
      {.name = "list_edits",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/rooms/{id}/messages/{mid}/edits",
       .needs = access::room_read,
       .run = list_edits,
       .summary = "What a message said, from its posting to its last edit. Of a deleted one moderators see the words.",
       .gives = answers_a<all_of<edition_answer>>,
       .rate = rate_class::look_back},
      {.name = "edit_message",
       .tag = tag,
       .method = verb::patch,
       .path = "/api/v1/rooms/{id}/messages/{mid}",
       .needs = access::room_post,
       .run = edit,
       .summary = "Edit a message of your own.",
       .gives = answers_a<message_answer>,
       .takes = takes_a<edit_body>,
       .refuses = {"message_deleted", "room_archived", "muted"},
       .rpc = "message.edit"},
      {.name = "delete_message",
       .tag = tag,
       .method = verb::del,
       .path = "/api/v1/rooms/{id}/messages/{mid}",
       .needs = access::room_post,
       .run = delete_message,
       .summary = "Delete a message: its words go, its place stays.",
       .refuses = {"room_archived"},
       .rpc = "message.delete"},
  };
  return rows;
}

} // namespace palabre::http
