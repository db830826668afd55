// Finding messages by their words.

#include "base/json_writer.hpp"
#include "base/limits.hpp"
#include "events/streams.hpp"
#include "events/user.hpp"
#include "http/pending_result.hpp"
#include "http/query.hpp"
#include "http/router.hpp"
#include "http/routes/answers.hpp"
#include "http/routes/list_cursors.hpp"
#include "http/routes/parameters.hpp"
#include "http/routes/render.hpp"
#include "http/routes/routes.hpp"
#include "search/plain_letters.hpp"
#include "search/search_words.hpp"

#include <algorithm>
#include <unordered_map>

namespace palabre::http {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using search::in_small_letters;
using search::text_hits;
using search::text_query;

constexpr std::size_t results_per_page_max = 50; // each is cut into a snippet
constexpr std::chrono::milliseconds search_wait_max =
    limits::command_wait_max + limits::view_wait_max; // to catch up, and to find

/// What is asked for, as the parameters have it.
struct search_request {
  search::search_words words;
  std::optional<room_id> room;
  bool newest_first = false;
  std::size_t limit = 0, offset = 0;
  std::string list; ///< the name of its cursors: of one question by one person
};

search::search_words read_words(const call& c, query_reader& query) {
  const std::string* const q = c.query_value("q");
  if (!q) {
    query.refuse("q", "required", "say what to search for");
    return {};
  }
  if (q->size() > limits::search_bytes_max) {
    query.refuse("q", "too_long", "search_bytes: at most " + std::to_string(limits::search_bytes_max));
    return {};
  }
  auto words = search::parse_search(*q);
  if (!words) {
    query.refuse("q", "not_understood", words.error().context);
    return {};
  }
  if (words.value().is_empty()) query.refuse("q", "required", "say what to search for");
  return std::move(words).value();
}

search_request read_request(services& s, const call& c, query_reader& query) {
  search_request r;
  r.words = read_words(c, query);
  r.limit = std::min(query.limit(), results_per_page_max);
  if (const std::string* const room = c.query_value("room_id")) {
    r.room = room_id::parse(*room);
    if (!r.room) query.refuse("room_id", "not_an_id", "must be the id of a room");
  }
  if (const std::string* const sort = c.query_value("sort")) {
    r.newest_first = *sort == "time";
    if (!r.newest_first && *sort != "rank") query.refuse("sort", "not_allowed", "must be rank or time");
  }
  const std::string* const q = c.query_value("q");
  r.list = "search:" + to_text(c.user()) + (r.newest_first ? ":time:" : ":rank:") +
           (r.room ? to_text(*r.room) : std::string()) + ':' + (q ? *q : std::string());
  r.offset = read_seq_cursor(s.name_key, r.list, c, query).value_or(0);
  return r;
}

/// Of the caller's rooms those that one of `in` names, or is the id of.
result<std::vector<room_id>> rooms_called(services& s, user_id user, const std::vector<std::string>& in) {
  std::vector<std::string> ids, names;
  for (const std::string& each : in) {
    ids.push_back(in_small_letters(each));
    names.push_back(in_small_letters(search::without_accents(each)));
  }
  const auto is_one_of = [](const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  };
  PALABRE_TRY(const auto mine, s.roster.rooms_of(user, std::nullopt, limits::rooms_per_user_max));
  std::vector<room_id> rooms;
  for (const auto& each : mine.items)
    if (is_one_of(ids, to_text(each.row.room)) ||
        is_one_of(names, in_small_letters(search::without_accents(each.row.settings.name))))
      rooms.push_back(each.row.room);
  return rooms;
}

/// Of the caller's rooms those that the request is about. Errors: not_found, forbidden: a room they are not in.
result<std::vector<room_id>> rooms_to_search(services& s, const call& c, const search_request& r) {
  if (r.room) {
    PALABRE_TRY(const auto standing, s.roster.standing(*r.room, c.user()));
    if (!standing) {
      PALABRE_TRY(const auto row, s.roster.room(*r.room));
      const bool is_seen = row && row->settings.visibility == events::visibility::open;
      return error{is_seen ? errc::forbidden : errc::not_found, {}};
    }
    if (r.words.in.empty()) return std::vector<room_id>{*r.room};
  }
  if (r.words.in.empty()) return s.roster.room_ids_of(c.user());
  PALABRE_TRY(auto rooms, rooms_called(s, c.user(), r.words.in));
  if (r.room) std::erase_if(rooms, [&](const room_id& room) { return room != *r.room; });
  return rooms;
}

/// nullopt: nobody who is asked for exists.
result<std::optional<std::vector<user_id>>> authors_of(services& s, const call& c, const search_request& r) {
  std::vector<user_id> authors;
  for (const std::string& from : r.words.from) {
    const std::string login = in_small_letters(from);
    if (login == "me") {
      authors.push_back(c.user());
      continue;
    }
    PALABRE_TRY(const auto user, s.users.by_login(events::login_stream(s.name_key, login)));
    if (user) authors.push_back(*user);
  }
  if (authors.empty() && !r.words.from.empty()) return std::optional<std::vector<user_id>>{};
  return std::optional(std::move(authors));
}

awaitable<result<text_hits>> ask_search(search::searcher& to, text_query what, position seen) {
  const auto start = [](auto resume, search::searcher* searcher, text_query* query, position at) {
    auto* pending =
        pending_result<text_hits>::start(std::move(resume), search_wait_max, "the search has not answered in time");
    searcher->find(std::move(*query), at, [pending](result<text_hits> with) { pending->complete(std::move(with)); });
  };
  auto waiting = asio::async_initiate<const asio::use_awaitable_t<>, void(result<text_hits>)>(
      start, asio::use_awaitable, &to, &what, seen);
  auto found = co_await std::move(waiting);
  co_return found;
}

/// What to ask the index; nullopt: there can be nothing. Errors: those of rooms_to_search; io, corrupt.
result<std::optional<text_query>> query_of(services& s, const call& c, const search_request& r) {
  text_query query;
  PALABRE_TRY(query.rooms, rooms_to_search(s, c, r));
  PALABRE_TRY(auto authors, authors_of(s, c, r));
  if (query.rooms.empty() || !authors) return std::optional<text_query>{};
  query.words = r.words.words;
  query.without = r.words.without;
  query.authors = std::move(*authors);
  query.after = r.words.after;
  query.before = r.words.before;
  query.has_link = r.words.has_link;
  query.by = r.newest_first ? text_query::order::newest_first : text_query::order::rank;
  query.offset = r.offset;
  query.limit = r.limit;
  return std::optional(std::move(query));
}

/// They may have left, or been sent away, while they waited.
result<std::string> render_hits(services& s, const call& c, const text_hits& hits) {
  std::unordered_map<room_id, bool> is_in;
  std::string items = "[";
  for (const auto& hit : hits.items) {
    const auto [room, is_new] = is_in.try_emplace(hit.room);
    if (is_new) {
      PALABRE_TRY(const auto standing, s.roster.standing(hit.room, c.user()));
      room->second = standing.has_value();
    }
    if (!room->second) continue;
    PALABRE_TRY(const auto message, s.timeline.message_at(hit.room, hit.seq, c.user()));
    if (!message) continue; // deleted meanwhile
    if (items.size() > 1) items += ',';
    items += R"({"message":)" + *message + R"(,"snippet":)";
    append_json_string(items, hit.snippet);
    items += '}';
  }
  return items + ']';
}

std::string next_page(services& s, const call& c, const search_request& r) {
  const std::size_t offset = r.offset + r.limit;
  if (offset >= limits::search_results_deep_max) return {};
  return "/api/v1/search?q=" + percent_encoded(*c.query_value("q")) +
         (r.room ? "&room_id=" + to_text(*r.room) : std::string()) + (r.newest_first ? "&sort=time" : "") +
         "&limit=" + std::to_string(r.limit) + "&cursor=" + make_seq_cursor(s.name_key, r.list, offset);
}

awaitable<answer_or_problem> find_messages(services& s, call& c) {
  query_reader query(c);
  const search_request r = read_request(s, c, query);
  if (!query.ok()) co_return query.take_problem();
  if (!s.search)
    co_return refusal("unavailable", "search is switched off here, or cannot be opened: see the server's log");
  auto what = query_of(s, c, r);
  if (!what) co_return problem_of(what.error());
  text_hits hits;
  if (what.value()) {
    auto asking = ask_search(*s.search, std::move(*what.value()), s.log.head());
    auto found = co_await std::move(asking);
    if (!found) co_return problem_of(found.error());
    hits = std::move(found).value();
  }
  const auto items = render_hits(s, c, hits);
  if (!items) co_return problem_of(items.error());
  const std::string next = hits.more ? next_page(s, c, r) : std::string();
  co_return json_answer(200, render_page(items.value(), next, {}));
}

} // namespace

std::span<const route> search_routes() {
  static constexpr route rows[] = {
      {.name = "search",
       .tag = "Messages",
       .method = verb::get,
       .path = "/api/v1/search",
       .needs = access::user,
       .run = find_messages,
       .summary = "Find messages in the rooms you are in. Words are found in their other forms too, in English and "
                  "French, with and without accents.",
       .gives = answers_a<page_of<found_answer>>,
       .query = {&parameters::q, &parameters::room_id, &parameters::sort, &parameters::cursor, &parameters::limit},
       .refuses = {"not_found", "forbidden"},
       .rate = rate_class::look_back},
  };
  return rows;
}

} // namespace palabre::http
