#pragma once
#include "base/limits.hpp"
#include "base/stream_id.hpp"

#include <array>
#include <atomic>
#include <optional>
#include <utility>

namespace palabre::actors {

/// Counts commands between the edge and their answers, because CAF's mailboxes have no bound.
/// Queue when full: *refuse*. Streams share their counter with others of the same hash: one in 4,096 shares.
/// Threads: any; lock-free. Lifetime: outlives every ticket.
class admission {
public:
  /// One admitted command; gives its place back when it ends.
  class ticket {
  public:
    ticket() = default;
    ticket(ticket&& other) noexcept : of_(std::exchange(other.of_, nullptr)), slot_(other.slot_) {}
    ticket& operator=(ticket&& other) noexcept {
      std::swap(of_, other.of_);
      std::swap(slot_, other.slot_);
      return *this;
    }
    ~ticket() {
      if (of_) of_->leave(slot_);
    }

  private:
    friend class admission;
    ticket(admission* of, std::size_t slot) : of_(of), slot_(slot) {}

    admission* of_ = nullptr;
    std::size_t slot_ = 0;
  };

  /// nullopt: too many in flight, in all or for this stream.
  std::optional<ticket> enter(const stream_id& stream) {
    const std::size_t slot = std::hash<stream_id>{}(stream) >> 32 & (slots - 1);
    if (all_.fetch_add(1, std::memory_order_relaxed) >= limits::commands_in_flight_max) {
      all_.fetch_sub(1, std::memory_order_relaxed);
      return std::nullopt;
    }
    if (by_stream_[slot].fetch_add(1, std::memory_order_relaxed) >= limits::commands_in_flight_per_stream_max) {
      leave(slot);
      return std::nullopt;
    }
    return ticket(this, slot);
  }

  std::uint32_t in_flight() const { return all_.load(std::memory_order_relaxed); }

private:
  static constexpr std::size_t slots = 4'096;

  void leave(std::size_t slot) {
    by_stream_[slot].fetch_sub(1, std::memory_order_relaxed);
    all_.fetch_sub(1, std::memory_order_relaxed);
  }

  std::atomic<std::uint32_t> all_{0};
  std::array<std::atomic<std::uint32_t>, slots> by_stream_{};
};

} // namespace palabre::actors
