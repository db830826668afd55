#pragma once
#include "base/ids.hpp"

#include <mutex>
#include <unordered_map>

namespace palabre::http::realtime {

/// How many connections each user has, over all hubs. Threads: any.
class connection_counts {
public:
  /// False: the user has `max` already, nothing changes.
  bool enter(user_id user, std::size_t max) {
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(user);
    if ((found == counts_.end() ? 0 : found->second) >= max) return false;
    ++counts_[user];
    return true;
  }
  /// Requires: entered.
  void leave(user_id user) {
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(user);
    if (--found->second == 0) counts_.erase(found);
  }

private:
  std::mutex mutex_;
  std::unordered_map<user_id, std::size_t> counts_; // by mutex_
};

} // namespace palabre::http::realtime
