#include "projections/event_search.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <limits>

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

std::uint64_t event_search::ordinal_of(const storage::committed_record& r) const {
  return is_by_stream() ? r.view.version : r.view.at.value;
}

result<event_search::records> event_search::read_all(std::uint64_t after, std::uint64_t last) const {
  if (!is_by_stream())
    return log_.records({after}, {last}, [this](const storage::record& r) { return wanted_.takes(r); });
  constexpr auto unbounded = std::numeric_limits<std::size_t>::max();
  PALABRE_TRY(auto stretch, log_.events_of(*wanted_.stream, after, last, last - after, unbounded));
  return std::move(stretch.records);
}

/// The log says not_found of what was archived and is away.
result<event_search::records> event_search::read(std::uint64_t after, std::uint64_t last) const {
  auto found = read_all(after, last);
  if (!found && found.error().code == errc::not_found) return error{errc::unavailable, found.error().context};
  return found;
}

/// Most pages are full at once: steps are small first, and grow.
std::uint64_t event_search::step_size() const {
  const std::size_t size = std::min(records_per_step, std::max(asked_.count_max, looked_at_));
  return std::min<std::uint64_t>({size, records_looked_at_max - looked_at_, high_ - low_});
}

/// Keeps those that are wanted. The last one that it looked at is where the next page begins.
void event_search::take(records seen) {
  const bool older = asked_.way == direction::older;
  for (std::size_t i = 0; i < seen.size() && found_.size() < asked_.count_max; ++i) {
    storage::committed_record& each = older ? seen[seen.size() - 1 - i] : seen[i];
    if (!wanted_.takes(each.view)) continue;
    const std::uint64_t ordinal = ordinal_of(each);
    found_.push_back(std::move(each));
    if (found_.size() == asked_.count_max) (older ? high_ : low_) = older ? ordinal - 1 : ordinal;
  }
}

result<bool> event_search::step() {
  if (!begun_) {
    PALABRE_TRY(begin());
  }
  const std::uint64_t count = step_size();
  if (count == 0) return false;
  const bool older = asked_.way == direction::older;
  const std::uint64_t after = older ? high_ - count : low_;
  PALABRE_TRY(records seen, read(after, after + count));
  looked_at_ += count;
  (older ? high_ : low_) = older ? after : after + count;
  take(std::move(seen));
  return found_.size() < asked_.count_max && low_ < high_ && looked_at_ < records_looked_at_max;
}

result<std::optional<position>> event_search::next() const {
  if (low_ == high_) return std::optional<position>{};
  const std::uint64_t last = asked_.way == direction::older ? high_ + 1 : low_; // the last that was looked at
  if (!is_by_stream()) return std::optional{position{last}};
  PALABRE_TRY(const position at, log_.position_of(*wanted_.stream, last));
  return std::optional{at};
}

} // namespace palabre::projections
