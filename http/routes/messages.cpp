// Messages of a room: posting, reading, editing and deleting them.

#include "base/limits.hpp"
#include "http/idempotency.hpp"
#include "http/query.hpp"
#include "http/routes/answers.hpp"
#include "http/routes/moment.hpp"
#include "http/routes/parameters.hpp"
#include "http/routes/render.hpp"
#include "http/routes/room_commands.hpp"
#include "http/routes/routes.hpp"
#include "http/schema.hpp"

namespace palabre::http {
namespace {

using boost::asio::awaitable;

using message_text = text<1, limits::message_code_points_max, "message_code_points">;
static_assert(limits::message_bytes_max >=
              limits::message_code_points_max * 4); // so the bytes need no check of their own

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

/// The words of the first answer, unless the message was deleted since: then what is left of it.
result<std::string> render_replayed(services& s, const storage::record& posted, user_id viewer,
                                    std::string_view author_json) {
  const room_id room{posted.stream.id};
  PALABRE_TRY(const auto fact, s.timeline.fact_at(room, posted.version));
  if (fact && !fact->deleted) return render_posted(posted, author_json);
  PALABRE_TRY(const auto event, events::decode_as<events::message_posted>(posted.schema, posted.payload));
  PALABRE_TRY(auto tombstone, s.timeline.message(room, event.message, viewer));
  if (!tombstone) return error{errc::not_found, "the message is gone"};
  return std::move(*tombstone);
}

awaitable<answer_or_problem> answer_replayed(services& s, call& c, actors::outcome done, std::string author_json) {
  const auto seen = co_await wait_for_head(s); // a deletion that was acked counts
  if (!seen) co_return problem_of(seen.error());
  auto body = render_replayed(s, done[0].view, c.user(), author_json);
  if (!body) co_return problem_of(body.error());
  co_return written(201, std::move(body.value()), done);
}

/// The answer comes from the committed event, not from the views: it waits for nothing but the log.
awaitable<answer_or_problem> post(services& s, call& c) {
  auto parsed = parse_body<post_body>(c.body);
  if (auto* wrong = std::get_if<problem>(&parsed)) co_return std::move(*wrong);
  auto& body = std::get<post_body>(parsed);
  const auto author = s.profiles.author_json(c.user());
  if (!author) co_return problem_of(author.error());
  auto name = display_name_in(*author.value());
  if (!name) co_return problem_of(name.error());

  auto keys = keys_of(s, c, body);
  fact_request what;
  what.message = body.reply_to;
  what.last_post = true;
  events::room_command command = command_of(s, body, std::move(name.value()));
  auto asking = ask_room(s, c, std::move(command), std::move(what), std::move(keys));
  auto done = co_await std::move(asking);
  if (!done && done.error().code == errc::invalid)
    co_return bad_field("/reply_to", "not_found", "there is no such message in this room");
  if (!done) co_return problem_of(done.error());
  if (done.value().replayed) {
    std::string author_json = *author.value();
    auto answering = answer_replayed(s, c, std::move(done.value()), std::move(author_json));
    co_return co_await std::move(answering);
  }
  auto message = render_posted(done.value()[0].view, *author.value());
  if (!message) co_return problem_of(message.error());
  co_return written(201, std::move(message.value()), done.value());
}

// ---- Reading

projections::page_request requested(query_reader& query) {
  using anchor = projections::page_request::anchor;
  projections::page_request what;
  query.at_most_one_of({"before", "after", "around"});
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

awaitable<answer_or_problem> list_messages(services& s, call& c) {
  query_reader query(c);
  const auto what = requested(query);
  if (!query.ok()) co_return query.take_problem();
  const auto asked = moment_of(s, c);
  if (const auto* wrong = std::get_if<problem>(&asked)) co_return *wrong;
  const auto& then = std::get<std::optional<moment>>(asked);
  projections::past_queries::effort done;
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
  auto message = then ? s.past.message(c.room->room, then->seq, *id, then->words, done)
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
  events::room_command command = std::move(change);
  fact_request what;
  what.message = id;
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
       .summary = "Post a message. A repeated `client_id` answers the message that was posted with it.",
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
           "page, `next` the newer one, null where there is none. With `at` as it was then; what was deleted since "
           "stays a tombstone for members.",
       .gives = answers_a<page_of<message_answer>>,
       .query = {&parameters::before, &parameters::after, &parameters::around, &parameters::limit, &parameters::at},
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
