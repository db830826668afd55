#pragma once
#include "base/ids.hpp"

#include <atomic>
#include <cstdint>
#include <memory>

namespace palabre::http::realtime {

/// Which rooms a hub has subscribers of, as counters that the journal's thread can read without a lock. Rooms share
/// counters by their hash: `may_have` errs towards true. Threads: add and remove from the hub's, may_have from any.
/// Sequentially consistent, both of them: whoever adds a room and then finds no record at the log's head gets that
/// record in a delivery.
class interest {
public:
  void add(const room_id& room) {
    counter(room).fetch_add(1, std::memory_order_seq_cst);
    std::atomic_thread_fence(std::memory_order_seq_cst);
  }
  void remove(const room_id& room) { counter(room).fetch_sub(1, std::memory_order_seq_cst); }
  bool may_have(const room_id& room) const {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return counter(room).load(std::memory_order_seq_cst) != 0;
  }

private:
  static constexpr std::size_t counters = 65'536; ///< 256 KiB, of which only the touched pages are resident

  std::atomic<std::uint32_t>& counter(const room_id& room) const { return counters_[std::hash<room_id>{}(room) >> 48]; }

  std::unique_ptr<std::atomic<std::uint32_t>[]> counters_ = std::make_unique<std::atomic<std::uint32_t>[]>(counters);
};

} // namespace palabre::http::realtime
