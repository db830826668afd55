#include "http/realtime/timer_wheel.hpp"

#include <algorithm>

namespace palabre::http::realtime {

/// A slot is looked at when its tick is over, so nobody is woken early.
void timer_wheel::set(timed& what, time_point due) {
  what.due_ = due;
  const std::int64_t at = std::max(tick_of(due), done_);
  what.unlink();
  ring_[static_cast<std::size_t>(at) % slots].push_back(what);
}

void timer_wheel::advance(time_point now) {
  for (const std::int64_t until = tick_of(now); done_ < until;) {
    slot over;
    over.swap(ring_[static_cast<std::size_t>(done_) % slots]);
    ++done_;
    while (!over.empty()) {
      timed& each = over.front();
      each.unlink();
      if (tick_of(each.due_) < done_)
        each.on_time(now);
      else
        ring_[static_cast<std::size_t>(tick_of(each.due_)) % slots].push_back(each);
    }
  }
}

} // namespace palabre::http::realtime
