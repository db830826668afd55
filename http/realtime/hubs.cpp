#include "http/realtime/hubs.hpp"

#include <algorithm>

namespace palabre::http::realtime {

void hubs::hand_over(const delivery_ptr& what) const {
  std::size_t publications = 0;
  for (const auto& frames : what->channels)
    publications += (frames->for_moderators ? *frames->for_moderators : *frames).publications();
  published_.add(publications);
  for (hub* h : all_) {
    const auto is_heard = [&](const channel_frames_ptr& f) { return h->heard().may_have(f->channel); };
    const bool needs = std::any_of(what->channels.begin(), what->channels.end(), is_heard);
    if (needs || (!what->ended_sessions.empty() && h->connections() > 0)) h->hand_over(what);
  }
}

void hubs::hand_over(std::shared_ptr<channel_frames> frames) const {
  if (!hear(frames->channel)) return;
  auto what = std::make_shared<delivery>();
  what->channels.push_back(std::move(frames));
  hand_over(delivery_ptr(std::move(what)));
}

bool hubs::hear(const channel_id& channel) const {
  return std::any_of(all_.begin(), all_.end(), [&](const hub* h) { return h->heard().may_have(channel); });
}

bool hubs::hear_joins(const channel_id& channel) const {
  return std::any_of(all_.begin(), all_.end(), [&](const hub* h) { return h->joins_heard().may_have(channel); });
}

} // namespace palabre::http::realtime
