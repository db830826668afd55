#pragma once
#include <string>
#include <vector>

namespace palabre::bench {

struct tick {
  double value;
  std::string label;
};

/// Where a value stands between the two ends of a drawing, and which values are written beside it.
class axis {
public:
  using label = std::string (*)(double);

  /// From 0 to a round number at or above `highest`.
  static axis linear(double highest, label of);
  /// By powers of ten, at most 12 of them, with 2 and 5 between if they are few. Values at or below 0 have no place.
  static axis logarithmic(double lowest, double highest, label of);
  /// For percentiles: the value is 1 / (1 - p), so that 90 %, 99 %, 99.9 % … are equally far apart.
  static axis percentiles(double highest);

  /// 0..1 from the low end to the high one, cut off there; NaN without a place.
  double place(double value) const;
  const std::vector<tick>& ticks() const { return ticks_; }

private:
  axis(double from, double to, bool by_powers) : from_(from), to_(to), by_powers_(by_powers) {}

  double from_, to_;
  bool by_powers_;
  std::vector<tick> ticks_;
};

} // namespace palabre::bench
