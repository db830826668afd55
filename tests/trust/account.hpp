#pragma once
// What was asked of a log and what it acknowledged: the model that a log is held against after it was mistreated.

#include "storage/event_log.hpp"
#include "storage/journal.hpp"

#include <functional>
#include <random>
#include <string>
#include <vector>

namespace palabre::trust {

/// The same bytes for the same seed.
class seeded_randomness final : public randomness {
public:
  explicit seeded_randomness(std::uint64_t seed) : engine_(seed) {}
  void fill(std::uint8_t* out, std::size_t size) override {
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(engine_());
  }

private:
  std::mt19937_64 engine_;
};

/// Appends real events of a few rooms, so that views can be computed of them. Every append it makes is one that the
/// journal takes, so they stand in the log in the order in which they were submitted. Threads: one.
class account {
public:
  explicit account(std::uint64_t seed) : dice_(seed) {}

  /// Makes an append and submits it. `counts`: asked when it is acknowledged, whether that is worth something (not
  /// after the power has gone). False: it was refused.
  bool submit(storage::journal& to, std::function<bool()> counts);

  std::uint64_t acked() const { return acked_; }
  std::uint64_t submitted() const { return records_.size(); }
  std::uint64_t answered() const { return answered_; }

  /// Empty: `log` holds everything acknowledged, whole appends only, nothing that was not submitted; positions,
  /// versions, hashes, indexes, heads and idempotency keys are right. Otherwise what is not.
  std::string check(const storage::event_log& log) const;
  /// From now on what the log holds is what there is; what is beyond was lost, which is right if it was not
  /// acknowledged.
  void accept(const storage::event_log& log);

private:
  struct written {
    stream_id stream;
    std::string payload;
    std::uint64_t append = 0;
    bool last_of_append = false;
  };

  std::string check_record(const storage::event_log& log, const storage::committed_record& r,
                           storage::stream_head& head) const;
  std::string check_commands(const storage::event_log& log) const;

  std::mt19937_64 dice_;
  std::vector<written> records_; ///< by position, as submitted
  std::uint64_t appends_ = 0;    ///< made so far; lost ones count
  std::uint64_t acked_ = 0;
  std::uint64_t answered_ = 0;
  std::vector<std::uint64_t> lost_;
};

} // namespace palabre::trust
