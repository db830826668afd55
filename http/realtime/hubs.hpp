#pragma once
#include "base/tally.hpp"
#include "http/realtime/hub.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <functional>
#include <vector>

namespace palabre::http::realtime {

/// All hubs of the process. Threads: any. Lifetime: the hubs outlive it.
class hubs {
public:
  explicit hubs(std::vector<hub*> all) : all_(std::move(all)) {}

  /// Gives `what` to those that have anyone for it.
  void hand_over(const delivery_ptr& what) const;
  /// Frames of one channel. Nothing if nobody is there for them.
  void hand_over(std::shared_ptr<channel_frames> frames) const;
  /// Whether anybody listens; errs towards true.
  bool hear(const channel_id& channel) const;
  /// Whether anybody there wants to hear who comes and goes; errs towards true.
  bool hear_joins(const channel_id& channel) const;

  /// Publications that were handed over so far.
  std::uint64_t published() const { return published_.value(); }

  /// Runs `look` on each hub, on its own thread, one hub after the other, and gathers what it answers.
  template <class T>
  boost::asio::awaitable<std::vector<T>> ask(std::function<T(hub&)> look) const {
    std::vector<T> answers;
    for (hub* each : all_) {
      auto looking = boost::asio::co_spawn(each->io(), ask_one(*each, look), boost::asio::use_awaitable);
      T found = co_await std::move(looking);
      answers.push_back(std::move(found));
    }
    co_return answers;
  }

private:
  template <class T>
  static boost::asio::awaitable<T> ask_one(hub& h, std::function<T(hub&)> look) {
    co_return look(h);
  }

  std::vector<hub*> all_;
  mutable shared_tally published_; // once per delivery
};

} // namespace palabre::http::realtime
