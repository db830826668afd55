#include "http/routes/moment.hpp"

#include <charconv>

namespace palabre::http {
namespace {

struct asked_for {
  std::optional<stream_version> seq;
  std::optional<timestamp> time;
};

std::optional<asked_for> understand(const std::string& text) {
  stream_version seq = 0;
  const char* end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, seq);
  if (failed == std::errc{} && rest == end) return asked_for{seq, std::nullopt};
  if (const auto time = parse_rfc3339(text)) return asked_for{std::nullopt, time};
  return std::nullopt;
}

problem not_a_moment() {
  return validation_failed({{"?at", "not_a_moment", "a seq of the room, or a time as 2026-01-31T12:00:00Z"}});
}

problem still_to_come(stream_version last_seq) {
  return refusal("position_unknown", "`at` lies beyond the room's last event, which is " + std::to_string(last_seq));
}

problem before_the_room() {
  problem p = problem_of({errc::not_found, {}});
  p.detail = "the room did not exist then";
  return p;
}

/// What one look is worth: a page of 50 messages that have to be read from the log.
constexpr std::size_t rows_of_a_look = 50 * projections::past_queries::rows_per_record;

/// Looking back reads the log: slower than a view, so it has a rate of its own.
std::optional<problem> too_often(const call& c) {
  return c.of->rates().take(rate_class::look_back, c.user(), std::chrono::steady_clock::now());
}

result<moment> find(services& s, const call& c, const asked_for& what) {
  moment then;
  if (c.standing->as >= events::role::moderator) then.words = projections::past_queries::deleted_words::shown;
  if (what.time) {
    PALABRE_TRY(then.seq, s.past.seq_at(c.room->room, *what.time));
    then.time = *what.time;
  } else {
    then.seq = *what.seq;
  }
  return then;
}

} // namespace

std::variant<std::optional<moment>, problem> moment_of(services& s, const call& c) {
  const std::string* text = c.query_value("at");
  if (!text) return std::optional<moment>{};
  if (!c.standing) return problem_of({errc::not_a_member, {}});
  if (auto refused = too_often(c)) return std::move(*refused);
  const auto what = understand(*text);
  if (!what) return not_a_moment();
  if (what->seq && *what->seq > c.room->last_seq) return still_to_come(c.room->last_seq);
  auto then = find(s, c, *what);
  if (!then) return problem_of(then.error());
  if (then.value().seq == 0) return before_the_room();
  return std::optional{then.value()};
}

void charge(const call& c, const projections::past_queries::effort& done) {
  if (done.rows <= rows_of_a_look) return;
  const auto now = std::chrono::steady_clock::now();
  c.of->rates().owe(rate_class::look_back, c.user(), now, (done.rows - 1) / rows_of_a_look);
}

std::string at_parameter(const std::optional<moment>& then) {
  return then ? "&at=" + std::to_string(then->seq) : std::string();
}

} // namespace palabre::http
