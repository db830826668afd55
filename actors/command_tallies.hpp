#pragma once
// What became of the commands, and how many rooms and users are awake.

#include "actors/protocol.hpp"
#include "base/tally.hpp"

#include <array>

namespace palabre::actors {

/// Threads: any; note_awake() from the registry's.
class command_tallies {
public:
  static constexpr std::size_t codes = static_cast<std::size_t>(errc::internal) + 1;

  void count(const result<outcome>& answer) {
    if (!answer)
      refused_[static_cast<std::size_t>(answer.error().code)].add();
    else if (answer.value().replayed)
      replayed_.add();
    else
      accepted_.add();
  }
  void note_awake(std::size_t rooms, std::size_t users) {
    rooms_.set(rooms);
    users_.set(users);
  }

  std::uint64_t accepted() const { return accepted_.value(); }
  /// By their idempotency key, or client_id: what they did was done before.
  std::uint64_t replayed() const { return replayed_.value(); }
  std::uint64_t refused(errc code) const { return refused_[static_cast<std::size_t>(code)].value(); }
  std::uint64_t rooms() const { return rooms_.value(); }
  std::uint64_t users() const { return users_.value(); }

private:
  static constexpr std::size_t cache_line = 64;

  alignas(cache_line) shared_tally accepted_; ///< of every worker, all the time
  shared_tally replayed_;
  std::array<shared_tally, codes> refused_;
  alignas(cache_line) tally rooms_;
  tally users_;
};

} // namespace palabre::actors
