#include "projections/event_search.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace palabre::projections {

event_search::event_search(const log_reader& log, event_filter wanted, const page_request& asked)
    : log_(log), wanted_(std::move(wanted)), asked_(asked) {
  PALABRE_ASSERT(asked_.count_max > 0 && asked_.head <= log_.head());
}

result<void> event_search::begin() {
  begun_ = true;
  const position before{asked_.from.value == 0 ? 0 : asked_.from.value - 1};
  const bool older = asked_.way == direction::older;
  const position low = older ? position{} : std::min(asked_.from, asked_.head);
  const position high = older ? std::min(before, asked_.head) : asked_.head;
  low_ = low.value;
  high_ = high.value;
  if (!is_by_stream()) return success();
  PALABRE_TRY(low_, log_.version_at(*wanted_.stream, low));
  PALABRE_TRY(high_, log_.version_at(*wanted_.stream, high));
  return success();
}

result<std::vector<position>> event_search::look(std::uint64_t after, std::uint64_t last) const {
  const auto takes = [this](const storage::record& r) { return wanted_.takes(r); };
  if (is_by_stream()) return log_.find_in_stream(*wanted_.stream, after, last, takes);
  return log_.find_in_log({after}, {last}, takes);
}

/// Most pages are full at once: steps are small first, and grow.
std::uint64_t event_search::step_size() const {
  const std::size_t size = std::min(records_per_step, std::max(asked_.count_max, looked_at_));
  return std::min<std::uint64_t>({size, records_looked_at_max - looked_at_, high_ - low_});
}

/// As many as the page has room for. The last of them is then where the next page begins.
result<void> event_search::take(std::vector<position> wanted) {
  const bool older = asked_.way == direction::older;
  if (older) std::reverse(wanted.begin(), wanted.end());
  for (const position at : wanted) {
    PALABRE_TRY(auto record, log_.read(at));
    const std::uint64_t ordinal = is_by_stream() ? record.view.version : at.value;
    found_.push_back(std::move(record));
    if (found_.size() < asked_.count_max) continue;
    (older ? high_ : low_) = older ? ordinal - 1 : ordinal;
    break;
  }
  return success();
}

result<bool> event_search::look_on() {
  if (!begun_) {
    PALABRE_TRY(begin());
  }
  const std::uint64_t count = step_size();
  if (count == 0) return false;
  const bool older = asked_.way == direction::older;
  const std::uint64_t after = older ? high_ - count : low_;
  PALABRE_TRY(auto wanted, look(after, after + count));
  looked_at_ += count;
  (older ? high_ : low_) = older ? after : after + count;
  PALABRE_TRY(take(std::move(wanted)));
  return found_.size() < asked_.count_max && low_ < high_ && looked_at_ < records_looked_at_max;
}

/// The log says not_found of what was archived and is away.
result<bool> event_search::step() {
  auto more = look_on();
  if (!more && more.error().code == errc::not_found) return error{errc::unavailable, more.error().context};
  return more;
}

result<std::optional<position>> event_search::next() const {
  if (low_ == high_) return std::optional<position>{};
  const std::uint64_t last = asked_.way == direction::older ? high_ + 1 : low_; // the last that was looked at
  if (!is_by_stream()) return std::optional{position{last}};
  PALABRE_TRY(const position at, log_.position_of(*wanted_.stream, last));
  return std::optional{at};
}

} // namespace palabre::projections
