#include "http/routes/mentions.hpp"

#include "base/limits.hpp"
#include "events/streams.hpp"
#include "http/query.hpp"
#include "http/routes/answers.hpp"
#include "http/routes/list_cursors.hpp"
#include "http/routes/parameters.hpp"
#include "http/routes/render.hpp"
#include "http/routes/routes.hpp"

#include <algorithm>
#include <unordered_map>

namespace palabre::http {
namespace {

using boost::asio::awaitable;

/// Those that there are; `all_known` becomes false where an `@` names nobody.
result<named_accounts> accounts_of(services& s, const std::vector<events::possible_mention>& mentions,
                                   bool& all_known) {
  named_accounts found;
  all_known = true;
  for (const auto& logins : mentions) {
    std::vector<user_id> accounts;
    for (const std::string& each : logins) {
      PALABRE_TRY(const auto user, s.users.by_login(events::login_stream(s.name_key, each)));
      if (user) accounts.push_back(*user);
    }
    if (accounts.empty())
      all_known = false;
    else
      found.push_back(std::move(accounts));
  }
  return found;
}

// ---- Those of the caller

/// How far the caller has read the rooms of a page.
class rooms_of_caller {
public:
  rooms_of_caller(services& s, user_id user) : s_(s), user_(user) {}

  /// Behind which seq messages are unread; nullopt: the caller is not in it.
  result<std::optional<stream_version>> read_until(room_id room) {
    const auto [known, is_new] = known_.try_emplace(room);
    if (is_new) {
      PALABRE_TRY(const auto standing, s_.roster.standing(room, user_));
      if (standing) {
        PALABRE_TRY(const stream_version read, s_.reading.last_read(user_, room));
        known->second = std::max(read, standing->joined_seq);
      }
    }
    return known->second;
  }

private:
  services& s_;
  const user_id user_;
  std::unordered_map<room_id, std::optional<stream_version>> known_;
};

result<std::string> render_mentions(services& s, user_id user, const std::vector<projections::mention>& mentions) {
  rooms_of_caller rooms(s, user);
  std::string items = "[";
  for (const projections::mention& each : mentions) {
    PALABRE_TRY(const auto read_until, rooms.read_until(each.room));
    if (!read_until) continue;
    PALABRE_TRY(const auto message, s.timeline.message_at(each.room, each.seq, user));
    if (!message) continue; // deleted meanwhile
    if (items.size() > 1) items += ',';
    items += R"({"message":)" + *message + R"(,"unread":)" + (each.seq > *read_until ? "true}" : "false}");
  }
  return items + ']';
}

awaitable<answer_or_problem> my_mentions(services& s, call& c) {
  const std::string list = "mentions:" + to_text(c.user());
  query_reader query(c);
  const std::size_t limit = query.limit();
  const auto behind = read_seq_cursor(s.name_key, list, c, query);
  if (!query.ok()) co_return query.take_problem();
  const auto before = behind ? std::optional(position{*behind}) : std::nullopt;
  const auto page = s.reading.mentions_of(c.user(), before, limit);
  if (!page) co_return problem_of(page.error());
  const auto items = render_mentions(s, c.user(), page.value().items);
  if (!items) co_return problem_of(items.error());
  std::string next;
  if (page.value().next)
    next = link_to("/api/v1/me/mentions", make_seq_cursor(s.name_key, list, page.value().next->value), limit);
  co_return json_answer(200, render_page(items.value(), next, {}));
}

} // namespace

awaitable<result<named_accounts>> find_named(services& s, std::vector<events::possible_mention> mentions) {
  if (mentions.size() > limits::logins_per_message_max)
    co_return error{errc::limit_exceeded,
                    "logins_per_message: at most " + std::to_string(limits::logins_per_message_max)};
  bool all_known = true;
  PALABRE_CO_TRY(auto found, accounts_of(s, mentions, all_known));
  if (all_known) co_return found;
  auto waiting = wait_for_head(s);
  const auto reached = co_await std::move(waiting);
  if (!reached) co_return found; // who came in the last moments is not mentioned: better than nothing said
  PALABRE_CO_TRY(found, accounts_of(s, mentions, all_known));
  co_return found;
}

std::span<const route> mention_routes() {
  static constexpr route rows[] = {
      {.name = "my_mentions",
       .tag = "Messages",
       .method = verb::get,
       .path = "/api/v1/me/mentions",
       .needs = access::user,
       .run = my_mentions,
       .summary = "Messages that mention you, the last mention first. Of the rooms that you are in; a page may have "
                  "fewer than `limit`, and still a `next`.",
       .gives = answers_a<page_of<mention_answer>>,
       .query = {&parameters::cursor, &parameters::limit}},
  };
  return rows;
}

} // namespace palabre::http
