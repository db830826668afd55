#include "http/api.hpp"

#include "http/ask.hpp"
#include "http/openapi.hpp"
#include "http/presence/presence_desk.hpp"
#include "http/problem_tallies.hpp"
#include "http/rate_limits.hpp"
#include "http/router.hpp"
#include "http/rpc_call.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <charconv>

namespace palabre::http {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

problem refused(errc code) {
  return problem_of({code, ""});
}

bool is_visible_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(x) == lower(y);
  });
}

/// "application/json", with or without parameters.
bool is_json(std::string_view content_type) {
  content_type = content_type.substr(0, content_type.find(';'));
  while (content_type.ends_with(' ') || content_type.ends_with('\t')) content_type.remove_suffix(1);
  return equal_ignoring_case(content_type, "application/json");
}

// ---- 401

/// By a ticket, where one stands in for the token. False: there is none, or it is worth nothing.
bool shows_ticket(services& s, call& c) {
  const std::string* ticket = c.query_value("ticket");
  if (!ticket) return false;
  c.who = s.tickets->redeem(*ticket, c.path, s.time.now());
  if (c.who && (c.who->expires_at <= s.time.now() || s.tokens.has_ended(c.who->session))) c.who.reset();
  return c.who.has_value();
}

std::optional<problem> authenticate(services& s, call& c, const route* row) {
  if (c.who) return std::nullopt; // by rpc: the connection is authenticated
  if (row && row->takes_ticket && c.authorization.empty() && shows_ticket(s, c)) return std::nullopt;
  constexpr std::string_view scheme = "Bearer ";
  std::string_view header = c.authorization;
  if (!equal_ignoring_case(header.substr(0, scheme.size()), scheme)) return refused(errc::unauthenticated);
  header.remove_prefix(scheme.size());
  while (header.starts_with(' ')) header.remove_prefix(1);
  auto claims = s.tokens.verify(header);
  if (!claims) return problem_of(claims.error());
  c.who = claims.value();
  return std::nullopt;
}

// ---- 404, 403

events::room_action action_of(access needs) {
  switch (needs) {
  case access::room_read: return events::room_action::read;
  case access::room_post: return events::room_action::post;
  case access::room_moderate: return events::room_action::moderate;
  case access::room_administrate: return events::room_action::administrate;
  case access::room_own: return events::room_action::own;
  case access::anyone:
  case access::user:
  case access::administrator:
  case access::room_join:
  case access::room_see: break;
  }
  return events::room_action::see;
}

/// Requires: the views have reached the head at arrival: a demotion counts at once.
std::optional<problem> look_at_account(services& s, user_id who) {
  const auto row = s.users.user(who);
  if (!row) return problem_of(row.error());
  const auto& named = s.settings.administrators;
  const auto is_named = [&](const std::string& login) { return std::ranges::find(named, login) != named.end(); };
  if (row.value() && (row.value()->administrator || is_named(row.value()->login))) return std::nullopt;
  return refusal("forbidden", "only administrators may do this");
}

/// What the views say now: fills c.room and c.standing, and refuses who may not.
std::optional<problem> look_at_room(services& s, call& c, room_id id, access needs) {
  auto row = s.roster.room(id);
  if (!row) return problem_of(row.error());
  if (!row.value()) return refused(errc::not_found);
  const auto membership = s.roster.standing(id, c.user());
  if (!membership) return problem_of(membership.error());
  c.standing.reset();
  if (membership.value()) c.standing = membership.value()->standing();
  c.room = std::move(row).value();
  const events::visibility visible = c.room->settings.visibility;
  if (events::may(c.standing, visible, action_of(needs))) return std::nullopt;
  if (needs == access::room_join) {
    const auto invited = s.invitations.lets_in(id, c.user(), s.time.now());
    if (!invited) return problem_of(invited.error());
    if (invited.value()) return std::nullopt;
  }
  if (!events::may(c.standing, visible, events::room_action::see)) return refused(errc::not_found);
  return refused(errc::forbidden);
}

/// A denial counts only if the views had reached `head` when they were asked: a room joined just now is found.
awaitable<std::optional<problem>> admit_to_room(services& s, call& c, access needs, position head) {
  const auto id = c.captures.empty() ? std::nullopt : room_id::parse(c.captures.front());
  if (!id) co_return refused(errc::not_found);
  const bool up_to_date = s.views.applied() >= head;
  auto denial = look_at_room(s, c, *id, needs);
  if (!denial || up_to_date) co_return denial;
  auto waiting = wait_for_views(s.views, head);
  const auto reached = co_await std::move(waiting);
  if (!reached) co_return problem_of(reached.error());
  denial = look_at_room(s, c, *id, needs);
  co_return denial;
}

// ---- 405, 413, 415, 422

problem method_not_allowed(const path_rows& rows) {
  problem p = refusal("method_not_allowed");
  p.headers.emplace_back("Allow", rows.allowed());
  return p;
}

std::optional<problem> check_body(const route& row, const call& c) {
  if (c.body_too_large)
    return refusal("payload_too_large", "body_bytes: at most " + std::to_string(limits::body_bytes_max));
  if (row.takes.looks && row.takes.checked && !is_json(c.content_type)) return refusal("unsupported_media_type");
  return std::nullopt;
}

std::optional<problem> check_key(const route& row, call& c) {
  if (!row.idempotent_key) c.idempotency_key.clear();
  const std::string& key = c.idempotency_key;
  if (key.size() <= limits::idempotency_key_bytes_max && is_visible_ascii(key)) return std::nullopt;
  return bad_field("Idempotency-Key", "not_allowed", "1 to 128 visible ASCII characters");
}

/// Positions are opaque to clients: decimal here. nullopt: not one of ours.
std::optional<position> parse_position(std::string_view text) {
  position at;
  const auto [rest, failed] = std::from_chars(text.data(), text.data() + text.size(), at.value);
  if (failed != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
  return at;
}

/// Waits for a position that is not in the log yet. Not by the projector: what never comes would be remembered there
/// for ever.
awaitable<bool> seen_in_time(services& s, position wanted) {
  constexpr std::chrono::milliseconds pause{20};
  const auto deadline = std::chrono::steady_clock::now() + limits::view_wait_max;
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor);
  while (s.views.applied() < wanted) {
    if (std::chrono::steady_clock::now() >= deadline) co_return false;
    timer.expires_after(pause);
    co_await timer.async_wait(asio::use_awaitable);
  }
  co_return true;
}

/// Makes a read see all that was durable when it came, and what the client says it has seen.
awaitable<std::optional<problem>> catch_up(services& s, position head, position asked) {
  auto waiting = wait_for_views(s.views, head);
  const auto reached = co_await std::move(waiting);
  if (!reached) co_return problem_of(reached.error());
  if (asked <= head) co_return std::nullopt;
  auto seeing = seen_in_time(s, asked);
  const bool seen = co_await std::move(seeing);
  if (!seen) co_return problem_of({errc::not_yet, "the asked position has not been reached in time"});
  co_return std::nullopt;
}

/// Whether this call has to wait for the views: a read does not see less than was durable when it came.
bool waits_for_views(const call& c, access needs) {
  return needs == access::administrator || (c.method == verb::get && needs != access::anyone);
}

/// What a call draws from before its handler. A bucket for each room is the handler's; here the room is not known yet.
rate_class drawn_from_by(const route& row) {
  return row.limited_as() == rate_class::typing ? rate_class::write : row.limited_as();
}

} // namespace

const std::string* call::query_value(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return &value;
  return nullptr;
}

api::api(services& s, const std::vector<route>& table)
    : s_(s), rows_(std::make_unique<router>(table)), description_(openapi_document(table, s.settings.version)),
      rates_(std::make_unique<rate_limits>(s.settings.rates, s.settings.limits_enabled)),
      problems_(std::make_unique<problem_tallies>()) {}

api::~api() = default;

awaitable<answer_or_problem> api::handle(call& c, const route** endpoint) {
  c.of = this;
  const position head = s_.log.head();
  const auto arrived = std::chrono::steady_clock::now();
  const path_rows* rows = rows_->find(c.path, c.captures);
  const route* row = rows ? rows->row(c.method) : nullptr;
  if (endpoint) *endpoint = row;
  if (!row || row->limited_as() != rate_class::unlimited)
    if (auto refusal = rates_->take_address(c.address, arrived, &c.rate)) co_return std::move(*refusal);
  if (!rows) co_return refused(errc::not_found);

  const access needs = row ? row->needs : rows->least_access();
  if (needs != access::anyone)
    if (auto denial = authenticate(s_, c, row)) co_return std::move(*denial);
  if (row) {
    const rate_class of = drawn_from_by(*row);
    const uuid key = needs == access::anyone ? c.address : uuid(c.user());
    if (of == rate_class::join && !c.address.is_nil()) // codes are guessed with many accounts, too
      if (auto refusal = rates_->take(of, c.address, arrived, &c.rate)) co_return std::move(*refusal);
    if (auto refusal = rates_->take(of, key, arrived, &c.rate)) co_return std::move(*refusal);
  }
  if (c.who && c.method != verb::get) s_.presence.act(c.user());

  const bool waits = waits_for_views(c, needs);
  const auto asked = waits && !c.min_position.empty() ? parse_position(c.min_position) : position{};
  if (waits && s_.views.applied() < std::max(head, asked.value_or(head))) {
    auto waiting = catch_up(s_, head, asked.value_or(head));
    auto late = co_await std::move(waiting);
    if (late) co_return std::move(*late);
  }

  if (needs == access::administrator)
    if (auto denial = look_at_account(s_, c.user())) co_return std::move(*denial);
  if (needs >= access::room_join) {
    auto admission = admit_to_room(s_, c, needs, head);
    auto denial = co_await std::move(admission);
    if (denial) co_return std::move(*denial);
  }
  if (!row) co_return method_not_allowed(*rows);
  if (auto refusal = check_body(*row, c)) co_return std::move(*refusal);
  if (auto refusal = check_key(*row, c)) co_return std::move(*refusal);
  if (!asked) co_return bad_field("Palabre-Min-Position", "not_allowed", "not a position this server gave out");

  auto running = row->run(s_, c);
  auto outcome = co_await std::move(running);
  co_return outcome;
}

std::string api::allowed(std::string_view path) const {
  std::vector<std::string> captures;
  const path_rows* rows = rows_->find(path, captures);
  return rows ? rows->allowed() + ", OPTIONS" : std::string();
}

bool api::has_rpc(std::string_view method) const {
  return rows_->find_rpc(method) != nullptr;
}

bool api::answers_late(std::string_view method) const {
  return rows_->find_rpc(method)->answers_late;
}

awaitable<std::optional<answer_or_problem>> api::call_rpc(std::string_view method, std::string data, access_claims who,
                                                          std::string request_id) {
  const route* row = rows_->find_rpc(method);
  if (!row) co_return std::nullopt;
  call c;
  c.who = who;
  c.request_id = std::move(request_id);
  if (auto refusal = fill_from_rpc(*row, std::move(data), c)) {
    if (auto limited = rates_->take(drawn_from_by(*row), who.user, std::chrono::steady_clock::now()))
      refusal = std::move(limited);
    problems_->count(refusal->code);
    co_return answer_or_problem(std::move(*refusal));
  }
  auto running = handle(c, nullptr);
  std::optional<answer_or_problem> outcome;
  try {
    outcome = co_await std::move(running);
  } catch (...) { // who called tells it
    problems_->count("internal");
    throw;
  }
  if (const auto* wrong = std::get_if<problem>(&*outcome)) problems_->count(wrong->code);
  co_return outcome;
}

} // namespace palabre::http
