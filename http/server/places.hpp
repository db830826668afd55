#pragma once
// How many connections there may be, and how many there are.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>

namespace palabre::http {

class places;

/// One connection's place; given back when it is destroyed. Lifetime: the places outlive it.
class place {
public:
  place(place&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
  place& operator=(place&&) = delete;
  ~place();

  /// Of a connection inside of another, which holds the place for both.
  static place of_another() { return place(); }

private:
  friend class places;
  place() = default;
  explicit place(places& of) : of_(&of) {}
  places* of_ = nullptr;
};

/// Threads: any.
class places {
public:
  explicit places(std::size_t max) : max_(max) {}

  /// nullopt: all are taken.
  std::optional<place> take();
  std::size_t max() const { return max_; }
  std::size_t taken() const { return taken_.load(std::memory_order_relaxed); }
  /// Blocks until none is taken, or the time has come. Requires: nobody takes any more.
  void wait_until_empty(std::chrono::steady_clock::time_point at_most);

private:
  friend class place;
  void give_back();

  const std::size_t max_;
  std::atomic<std::size_t> taken_{0};
  std::mutex mutex_;
  std::condition_variable emptied_; // with mutex_
};

} // namespace palabre::http
