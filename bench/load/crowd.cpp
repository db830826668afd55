#include "bench/load/crowd.hpp"

#include <utility>

namespace palabre::bench {

session& crowd::add(const seat& where, participant& who) {
  return add(speech_.sit(loop_, at_, where, who));
}

session& crowd::add(std::unique_ptr<session> made) {
  sessions_.push_back(std::move(made));
  return *sessions_.back();
}

void crowd::open_more() {
  if (std::exchange(is_opening_, true)) return; // a failure may come from within open()
  while (opened_ < sessions_.size() && opened_ < at_once_ + ready_ + dropped_) sessions_[opened_++]->open();
  is_opening_ = false;
}

bool crowd::open_all(std::size_t at_once, std::int64_t deadline_ns) {
  at_once_ = at_once;
  open_more();
  loop_.run_until(deadline_ns, [this] { return ready_ + dropped_ == sessions_.size(); });
  return ready_ == sessions_.size();
}

void crowd::one_is_ready() {
  ++ready_;
  open_more();
}

void crowd::one_dropped(std::string_view why) {
  if (dropped_++ == 0) first_reason_ = why;
  open_more();
}

void crowd::cut_all() {
  for (auto& each : sessions_) each->cut();
}

} // namespace palabre::bench
