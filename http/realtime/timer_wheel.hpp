#pragma once
#include <boost/intrusive/list.hpp>

#include <array>
#include <chrono>
#include <cstdint>

namespace palabre::http::realtime {

/// Something that wants to be woken at a time, once. Leaves its wheel when it is destroyed.
class timed : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Called by the wheel at its time or up to a tick later. It may set itself again; it must not destroy anything
  /// timed.
  virtual void on_time(time_point now) = 0;
  time_point due() const { return due_; }

protected:
  virtual ~timed() = default;

private:
  friend class timer_wheel;
  time_point due_{};
};

/// The timers of many connections for the price of one: a ring of lists, one list per tick. Setting costs nothing but
/// the links, what is further away than the ring goes around again. Pure: time comes in as a parameter.
class timer_wheel {
public:
  using time_point = timed::time_point;
  static constexpr std::chrono::milliseconds tick{100};

  explicit timer_wheel(time_point start) : start_(start) {}

  /// Wakes `what` at `due` instead of whenever it was to be woken before.
  void set(timed& what, time_point due);
  /// Wakes all whose time has come.
  void advance(time_point now);

private:
  using slot = boost::intrusive::list<timed, boost::intrusive::constant_time_size<false>>;
  static constexpr std::size_t slots = 512; ///< 51 s: pings and deadlines fit in one turn

  std::int64_t tick_of(time_point at) const { return (at - start_) / tick; }

  time_point start_;
  std::int64_t done_ = 0; ///< ticks that are over
  std::array<slot, slots> ring_;
};

} // namespace palabre::http::realtime
