#pragma once
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>

namespace palabre::bench {

/// Shows that a scenario is alive. On a terminal it is one line that is drawn anew; elsewhere a plain line when a phase
/// begins and one every few seconds, so that a log stays readable.
///
///   progress shown(stderr, ::isatty(2));
///   shown.run(2, 5);
///   shown.phase("measuring");
///   shown.update(0.4, rate_and_p99(25'431, 1.2));
///   shown.done();
///
/// Threads: one. Calls are cheap enough for every tick of a load loop: what comes too soon is not drawn.
class progress {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using clock = std::function<time_point()>;

  /// Requires: `out` outlives this.
  progress(std::FILE* out, bool is_terminal, clock now = std::chrono::steady_clock::now);
  ~progress(); ///< as done()
  progress(const progress&) = delete;

  /// What is shown from now on before the phase: this run, counted from 1. 0 of 0: nothing.
  void run(std::size_t number, std::size_t of);
  /// A new phase, as "warm-up"; its fraction starts at 0.
  void phase(std::string name);
  /// How much of the phase is done, 0..1, and how it goes. The time that remains is worked out from the fraction.
  void update(double fraction, std::string_view text);
  /// Clears the line: what is printed next starts on a clean one. A later phase() shows again.
  void done();

private:
  std::string line() const;
  std::string plain_line() const;
  void draw(bool at_once);

  std::FILE* out_;
  bool is_terminal_;
  clock now_;
  std::size_t number_ = 0, of_ = 0;
  std::string phase_, text_;
  double fraction_ = 0;
  time_point begun_, drawn_;
  bool visible_ = false;
};

/// As "25,431/s, p99 1.20 ms".
std::string rate_and_p99(double per_second, double p99_ms);

} // namespace palabre::bench
