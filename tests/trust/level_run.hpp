#pragma once
// What the programs of the ladder of trust have in common: rounds with a seed each, counts, and a last line for
// machines.
//
//   PROGRAM [--seed N] [--count ROUNDS] [--minutes M] [--every]
//
// Round i has the seed N + i, so that a round that failed is repeated by `--seed ITS_SEED --count 1`. Where what can be
// done is a finite list, `--every` takes it in order: the seed is a place in the list, 0 if none is given, and the run
// ends behind the last one.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace palabre::trust {

class level_run {
public:
  /// `rounds`: how many are a short dose. `all`: the length of the list, if there is one; else --every is refused.
  /// Ends the process with 2 for arguments it does not know.
  level_run(int argc, char** argv, std::string level, std::uint64_t rounds, std::uint64_t all = 0);

  /// The seed of the next round; nullopt: enough, or too much has failed.
  std::optional<std::uint64_t> next();

  void add(const std::string& what, std::uint64_t count = 1) { counts_[what] += count; }
  /// The largest that was ever told.
  void peak(const std::string& what, std::uint64_t value);
  /// Something does not hold in the round with this seed.
  void fail(std::uint64_t seed, const std::string& what);
  bool has_failed() const { return !failures_.empty(); }
  std::uint64_t seed() const { return first_seed_; }
  /// Which one of the list a round does: each in turn with --every, otherwise spread over the list, so that as many
  /// rounds as it is long meet most of it.
  std::uint64_t place_of(std::uint64_t seed) const;

  /// Prints counts and failures, the last line as JSON; what main() returns.
  int finish() const;

private:
  void read_arguments(int argc, char** argv);
  double seconds() const;

  const std::string level_;
  std::uint64_t first_seed_;
  std::uint64_t rounds_;
  const std::uint64_t all_;
  bool every_ = false;
  std::uint64_t round_ = 0;
  std::optional<double> seconds_max_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::map<std::string, std::uint64_t> counts_;
  std::vector<std::string> failures_;
};

} // namespace palabre::trust
