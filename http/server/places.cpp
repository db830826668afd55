#include "http/server/places.hpp"

namespace palabre::http {

place::~place() {
  if (of_) of_->give_back();
}

std::optional<place> places::take() {
  if (taken_.fetch_add(1) >= max_) {
    give_back();
    return std::nullopt;
  }
  return place(*this);
}

void places::give_back() {
  if (taken_.fetch_sub(1) != 1) return;
  const std::lock_guard lock(mutex_); // whoever has just looked is waiting by now
  emptied_.notify_all();
}

void places::wait_until_empty(std::chrono::steady_clock::time_point at_most) {
  std::unique_lock lock(mutex_);
  emptied_.wait_until(lock, at_most, [this] { return taken() == 0; });
}

} // namespace palabre::http
