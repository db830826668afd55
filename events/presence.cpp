#include "events/presence.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "events/text.hpp"

namespace palabre::events {
namespace {

using std::chrono::milliseconds;

presence_status visible(presence_status automatic, const std::optional<presence_status>& manual) {
  return automatic == presence_status::offline ? automatic : manual.value_or(automatic);
}

bool is_noticed(const presence_state& before, const presence_changed& now) {
  const bool renews_lease = before.boot != now.boot && now.status != presence_status::offline;
  return renews_lease || before.status != now.status || before.manual != now.manual || before.text != now.text.value ||
         before.expires_at != now.expires_at;
}

std::optional<presence_changed> if_noticed(const presence_state& before, presence_changed now) {
  PALABRE_ASSERT(now.automatic != presence_status::busy);
  now.status = visible(now.automatic, now.manual);
  if (!is_noticed(before, now)) return std::nullopt;
  return now;
}

result<void> check(const set_presence& c, timestamp now) {
  if (c.text && code_points(*c.text) > limits::presence_text_code_points_max)
    return error{errc::limit_exceeded,
                 "presence_text_code_points: at most " + std::to_string(limits::presence_text_code_points_max)};
  if (!c.expires_at) return success();
  if (!c.manual) return error{errc::invalid, "only a status set by hand expires"};
  if (*c.expires_at <= now) return error{errc::invalid, "expires_at is not in the future"};
  if (c.expires_at->ms - now.ms > milliseconds(limits::presence_expiry_max).count())
    return error{errc::limit_exceeded,
                 "presence_expiry: at most " + std::to_string(limits::presence_expiry_max.count()) + " hours from now"};
  return success();
}

} // namespace

result<std::optional<presence_changed>> decide(const presence_state& state, const set_presence& c, timestamp now) {
  PALABRE_TRY(check(c, now));
  return if_noticed(state, {{}, c.automatic, c.manual, {c.text}, c.expires_at, c.boot});
}

result<std::optional<presence_changed>> decide(const presence_state& state, const note_presence& c, timestamp now) {
  if (state.expires_at && *state.expires_at <= now) return if_noticed(state, {{}, c.automatic, {}, {}, {}, c.boot});
  return if_noticed(state, {{}, c.automatic, state.manual, {state.text}, state.expires_at, c.boot});
}

result<std::optional<presence_configured>> decide(const presence_state& state, const configure_presence& c) {
  if (c.auto_away_after < limits::auto_away_after_min || c.auto_away_after > limits::auto_away_after_max)
    return error{errc::invalid, "auto_away_after: from " + std::to_string(limits::auto_away_after_min.count()) +
                                    " to " + std::to_string(limits::auto_away_after_max.count()) + " seconds"};
  if (c.auto_away_after == auto_away_after(state.auto_away_after)) return std::optional<presence_configured>{};
  return std::optional{presence_configured{static_cast<std::uint32_t>(c.auto_away_after.count())}};
}

void evolve(presence_state& state, const presence_changed& e) {
  state.status = e.status;
  state.manual = e.manual;
  state.text = e.text.value;
  state.expires_at = e.expires_at;
  state.boot = e.boot;
}

void evolve(presence_state& state, const presence_configured& e) {
  state.auto_away_after = e.auto_away_after;
}

std::chrono::seconds auto_away_after(std::uint32_t configured) {
  return configured == 0 ? limits::auto_away_after_default : std::chrono::seconds(configured);
}

} // namespace palabre::events
