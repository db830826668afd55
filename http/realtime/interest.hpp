#pragma once
#include "http/realtime/channel.hpp"

#include <atomic>
#include <cstdint>
#include <memory>

namespace palabre::http::realtime {

/// Which channels a hub has subscribers of, as counters that the journal's thread can read without a lock. Channels
/// share counters by their hash: `may_have` errs towards true. Threads: add and remove from the hub's, may_have from
/// any. Sequentially consistent, both of them: whoever adds a channel and then finds no record at the log's head gets
/// that record in a delivery.
class interest {
public:
  void add(const channel_id& channel) {
    counter(channel).fetch_add(1, std::memory_order_seq_cst);
    std::atomic_thread_fence(std::memory_order_seq_cst);
  }
  void remove(const channel_id& channel) { counter(channel).fetch_sub(1, std::memory_order_seq_cst); }
  bool may_have(const channel_id& channel) const {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return counter(channel).load(std::memory_order_seq_cst) != 0;
  }

private:
  static constexpr std::size_t counters = 65'536; ///< 256 KiB, of which only the touched pages are resident

  std::atomic<std::uint32_t>& counter(const channel_id& channel) const {
    return counters_[std::hash<channel_id>{}(channel) >> 48];
  }

  std::unique_ptr<std::atomic<std::uint32_t>[]> counters_ = std::make_unique<std::atomic<std::uint32_t>[]>(counters);
};

} // namespace palabre::http::realtime
