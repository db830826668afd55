// Inviting people into rooms, and coming in by an invitation.

#include "base/limits.hpp"
#include "http/idempotency.hpp"
#include "http/query.hpp"
#include "http/routes/answers.hpp"
#include "http/routes/list_cursors.hpp"
#include "http/routes/membership.hpp"
#include "http/routes/offers.hpp"
#include "http/routes/parameters.hpp"
#include "http/routes/render.hpp"
#include "http/routes/room_answers.hpp"
#include "http/routes/room_commands.hpp"
#include "http/routes/room_event.hpp"
#include "http/routes/routes.hpp"
#include "http/schema.hpp"

namespace palabre::http {
namespace {

using boost::asio::awaitable;
using events::append_json;
using events::invitation_created;
using events::secrets;
using projections::invitation_queries;
using projections::invitation_row;

struct invitation_body {
  static constexpr std::string_view shape_name = "NewInvitation";
  static constexpr std::string_view example =
      R"({"user_id":"0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c12","expires_in":86400})";
  std::optional<palabre::user_id> user_id;
  std::optional<email_text> email;
  std::optional<whole<limits::invitation_life_min.count(), limits::invitation_life_max.count()>>
      expires_in; ///< seconds
  std::optional<whole<1, limits::invitation_uses_max>> uses;
};
BOOST_DESCRIBE_STRUCT(invitation_body, (), (user_id, email, expires_in, uses))

// ---- As answers

result<void> append_person(services& s, std::string& out, std::string_view key, const std::optional<user_id>& who) {
  out += key;
  if (!who) {
    out += "null";
    return success();
  }
  PALABRE_TRY(const auto author, s.profiles.author_json(*who));
  out += *author;
  return success();
}

/// `said`: its event, nullptr where that was moved away.
result<void> append_invitation(services& s, std::string& out, const invitation_queries::listed& item,
                               const invitation_created* said) {
  const invitation_row& row = item.row;
  out += R"({"id":")" + to_text(item.at.invitation) + R"(","room_id":")" + to_text(item.at.room) + R"(","code":)";
  append_json(out, said ? std::optional(said->code.value) : std::nullopt, secrets::hidden);
  out += R"(,"user_id":)";
  append_json(out, row.user_id, secrets::hidden);
  PALABRE_TRY(append_person(s, out, R"(,"user":)", row.user_id));
  out += R"(,"email":)";
  append_json(out, said ? said->email.value : std::nullopt, secrets::hidden);
  out += R"(,"uses":)" + std::to_string(row.uses) + R"(,"used":)" + std::to_string(row.used);
  out += R"(,"by_id":")" + to_text(row.by) + '"';
  PALABRE_TRY(append_person(s, out, R"(,"by":)", row.by));
  out += R"(,"created_at":")" + to_rfc3339(row.at) + R"(","expires_at":")" + to_rfc3339(row.expires_at) + R"("})";
  return success();
}

/// The same to who may accept it.
result<void> append_offer(services& s, std::string& out, const invitation_queries::listed& item,
                          const std::optional<std::string>& code, const projections::room_row& room) {
  out += R"({"id":")" + to_text(item.at.invitation) + R"(","code":)";
  append_json(out, code, secrets::hidden);
  const events::room_settings& of = room.settings;
  out += R"(,"room":)";
  append_json(
      out, invited_room{room.room, room.kind, of.name, of.description, of.category, of.color_theme, room.member_count},
      secrets::hidden);
  out += R"(,"by_id":")" + to_text(item.row.by) + '"';
  PALABRE_TRY(append_person(s, out, R"(,"by":)", item.row.by));
  out += R"(,"expires_at":")" + to_rfc3339(item.row.expires_at) + R"("})";
  return success();
}

// ---- Inviting

std::optional<problem> check(services& s, const invitation_body& body) {
  if (body.user_id && body.email)
    return bad_field("/email", "not_allowed", "an invitation is for a user, or sent to an address");
  if (body.user_id && body.uses && body.uses->value != 1)
    return bad_field("/uses", "not_allowed", "one person comes in once");
  return body.user_id ? check_person(s, *body.user_id) : std::nullopt;
}

events::create_invitation command_of(services& s, invitation_body& body) {
  const timestamp now = s.time.now();
  std::uint8_t random[10];
  s.random.fill(random, sizeof random);
  events::create_invitation c;
  c.invitation = invitation_id{s.random.next_id(now)};
  c.code = events::invitation_code_from(random);
  c.user_id = body.user_id;
  if (body.email) c.email = std::move(body.email->value);
  c.uses = body.uses ? static_cast<std::uint32_t>(body.uses->value) : 1;
  const std::int64_t life = body.expires_in ? body.expires_in->value : limits::invitation_life_default.count();
  c.expires_at = {now.ms + life * 1'000};
  return c;
}

/// The invitation that `done` made, as it was then.
result<std::string> render_made(services& s, const actors::outcome& done) {
  for (std::size_t i = 0; i < done.count(); ++i) {
    const storage::record& r = done[i].view;
    if (r.type != invitation_created::type.name) continue;
    PALABRE_TRY(const auto said, events::decode_as<invitation_created>(r.schema, r.payload));
    invitation_row row;
    row.user_id = said.user_id;
    row.uses = said.uses;
    row.at = r.time;
    row.expires_at = said.expires_at;
    row.by = r.actor;
    std::string body;
    PALABRE_TRY(append_invitation(s, body, {{room_id{r.stream.id}, said.invitation}, row}, &said));
    return body;
  }
  return error{errc::corrupt, "an invitation was made without its event"};
}

awaitable<answer_or_problem> invite(services& s, call& c) {
  auto parsed = parse_body<invitation_body>(c.body);
  if (auto* wrong = std::get_if<problem>(&parsed)) co_return std::move(*wrong);
  auto& body = std::get<invitation_body>(parsed);
  const auto seen = co_await wait_for_head(s); // they may have come just now
  if (!seen) co_return problem_of(seen.error());
  if (auto wrong = check(s, body)) co_return std::move(*wrong);
  fact_request what;
  what.person = body.user_id;
  events::room_command command = command_of(s, body);
  auto keys = idempotency_of(s, c, 201);
  auto asking = ask_room(s, c, std::move(command), std::move(what), std::move(keys));
  const auto done = co_await std::move(asking);
  if (!done) co_return problem_of(done.error());
  auto made = render_made(s, done.value());
  if (!made) co_return problem_of(made.error());
  answer a = written(201, std::move(made).value(), done.value());
  a.holds_secrets = true; // its code
  co_return a;
}

awaitable<answer_or_problem> list_invitations(services& s, call& c) {
  const auto all = s.invitations.of_room(c.room->room);
  if (!all) co_return problem_of(all.error());
  const timestamp now = s.time.now();
  std::string items = "[";
  for (const auto& item : all.value()) {
    if (item.row.expires_at <= now) continue;
    const auto said = event_at<invitation_created>(s, item.at.room, item.row.seq);
    if (!said) co_return problem_of(said.error());
    if (items.size() > 1) items += ',';
    const auto appended = append_invitation(s, items, item, said.value() ? &*said.value() : nullptr);
    if (!appended) co_return problem_of(appended.error());
  }
  answer a = json_answer(200, R"({"items":)" + items + "]}");
  a.holds_secrets = true;
  co_return a;
}

awaitable<answer_or_problem> revoke(services& s, call& c) {
  const auto invitation = invitation_id::parse(c.captures[1]);
  if (!invitation) co_return problem_of({errc::not_found, {}});
  events::room_command command = events::revoke_invitation{*invitation};
  fact_request nothing;
  std::vector<storage::idempotency> no_keys;
  auto asking = ask_room(s, c, std::move(command), std::move(nothing), std::move(no_keys));
  const auto done = co_await std::move(asking);
  if (!done) co_return problem_of(done.error());
  co_return written(204, {}, done.value());
}

// ---- Being invited

/// Whether it lets `user` into `room` now.
result<bool> is_open_to(services& s, user_id user, const projections::room_row& room, const invitation_row& row) {
  const timestamp now = s.time.now();
  if (room.archived || row.expires_at <= now || (row.user_id && *row.user_id != user)) return false;
  PALABRE_TRY(const auto held, s.roster.held_against(room.room, user));
  return held.banned_until <= now;
}

awaitable<answer_or_problem> my_invitations(services& s, call& c) {
  const std::string list = "invitations:" + to_text(c.user());
  query_reader query(c);
  const std::size_t limit = query.limit();
  const auto mark = read_id_cursor(s.name_key, list, c, query);
  if (!query.ok()) co_return query.take_problem();
  const auto page = s.invitations.of_user(c.user(), mark ? std::optional(invitation_id{*mark}) : std::nullopt, limit);
  if (!page) co_return problem_of(page.error());
  const auto items = render_offers(s, c.user(), page.value().items);
  if (!items) co_return problem_of(items.error());
  std::string next;
  if (page.value().next)
    next = link_to("/api/v1/me/invitations", make_id_cursor(s.name_key, list, *page.value().next), limit);
  answer a = json_answer(200, render_page(items.value(), next, {}));
  a.holds_secrets = true;
  co_return a;
}

/// Where a code leads, with its room in c.room; used up, it still does. nullopt: nowhere.
awaitable<result<std::optional<invitation_queries::place>>> find_place(services& s, call& c) {
  using found = std::optional<invitation_queries::place>;
  const auto code = events::canonical_invitation_code(c.captures.front());
  if (!code) co_return found{};
  PALABRE_CO_TRY(co_await wait_for_head(s));
  PALABRE_CO_TRY(const auto at, s.invitations.by_code(events::invitation_code_digest(*code)));
  if (at) {
    PALABRE_CO_TRY(co_await read_room_anew(s, c, at->room));
  }
  co_return at;
}

/// What is open to the caller there. Requires: c.room.
result<std::optional<invitation_queries::listed>> offer_at(services& s, const call& c, invitation_queries::place at) {
  using found = std::optional<invitation_queries::listed>;
  PALABRE_TRY(auto row, s.invitations.row(at));
  if (!row) return found{};
  PALABRE_TRY(const bool is_open, is_open_to(s, c.user(), *c.room, *row));
  return is_open ? found{invitation_queries::listed{at, std::move(*row)}} : found{};
}

awaitable<answer_or_problem> look_at_offer(services& s, call& c) {
  auto finding = find_place(s, c);
  const auto at = co_await std::move(finding);
  if (!at) co_return problem_of(at.error());
  if (!at.value()) co_return no_such_code();
  const auto offer = offer_at(s, c, *at.value());
  if (!offer) co_return problem_of(offer.error());
  if (!offer.value()) co_return no_such_code();
  std::string body;
  const auto code = events::canonical_invitation_code(c.captures.front());
  const auto appended = append_offer(s, body, *offer.value(), code, *c.room);
  if (!appended) co_return problem_of(appended.error());
  answer a = json_answer(200, std::move(body));
  a.holds_secrets = true;
  co_return a;
}

/// Who is in already has accepted, by this code or otherwise.
awaitable<answer_or_problem> accept(services& s, call& c) {
  auto finding = find_place(s, c);
  const auto at = co_await std::move(finding);
  if (!at) co_return problem_of(at.error());
  if (!at.value()) co_return no_such_code();
  events::join_room join;
  join.invitation = at.value()->invitation;
  auto joining = join_as(s, c, std::move(join));
  co_return co_await std::move(joining);
}

} // namespace

result<std::string> render_offers(services& s, user_id user,
                                  const std::vector<projections::invitation_queries::listed>& offers) {
  std::string items = "[";
  for (const auto& each : offers) {
    PALABRE_TRY(const auto room, s.roster.room(each.at.room));
    if (!room) continue;
    PALABRE_TRY(const bool is_open, is_open_to(s, user, *room, each.row));
    if (!is_open) continue;
    PALABRE_TRY(const auto said, event_at<invitation_created>(s, each.at.room, each.row.seq));
    if (items.size() > 1) items += ',';
    PALABRE_TRY(append_offer(s, items, each, said ? std::optional(said->code.value) : std::nullopt, *room));
  }
  return items + ']';
}

std::span<const route> invitation_routes() {
  static constexpr std::string_view tag = "Invitations";
  static constexpr route rows[] = {
      {.name = "invite",
       .tag = tag,
       .method = verb::post,
       .path = "/api/v1/rooms/{id}/invitations",
       .needs = access::room_moderate,
       .run = invite,
       .summary =
           "Invite a user, or whoever has the code. It lasts for `expires_in` seconds (a week) and `uses` (one). "
           "`email` is a note of where you send it.",
       .gives = makes_a<invitation_answer>,
       .takes = takes_a<invitation_body>,
       .refuses = {"room_archived", "limit_exceeded", "banned", "conflict"},
       .rpc = "invitation.create",
       .idempotent_key = true},
      {.name = "list_invitations",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/rooms/{id}/invitations",
       .needs = access::room_moderate,
       .run = list_invitations,
       .summary = "The open invitations of a room, 200 at most.",
       .gives = answers_a<all_of<invitation_answer>>},
      {.name = "revoke_invitation",
       .tag = tag,
       .method = verb::del,
       .path = "/api/v1/rooms/{id}/invitations/{invitation_id}",
       .needs = access::room_moderate,
       .run = revoke,
       .summary = "Take an invitation back. Who came in by it stays.",
       .refuses = {"room_archived"},
       .rpc = "invitation.revoke"},
      {.name = "my_invitations",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/me/invitations",
       .needs = access::user,
       .run = my_invitations,
       .summary = "The invitations that are for you.",
       .gives = answers_a<page_of<offered_invitation_answer>>,
       .query = {&parameters::cursor, &parameters::limit}},
      {.name = "look_at_invitation",
       .tag = tag,
       .method = verb::get,
       .path = "/api/v1/invitations/{code}",
       .needs = access::user,
       .run = look_at_offer,
       .summary = "What an invitation opens, to decide whether to accept it.",
       .gives = answers_a<offered_invitation_answer>,
       .refuses = {"not_found"},
       .rate = rate_class::join},
      {.name = "accept_invitation",
       .tag = tag,
       .method = verb::post,
       .path = "/api/v1/invitations/{code}/accept",
       .needs = access::user,
       .run = accept,
       .summary = "Come into the room of an invitation.",
       .gives = answers_a<room_answer>,
       .refuses = {"not_found", "limit_exceeded"},
       .rate = rate_class::join,
       .idempotent_key = true,
       .tells_tag = true},
  };
  return rows;
}

} // namespace palabre::http
