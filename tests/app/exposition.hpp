#pragma once
// Prometheus' text format, version 0.0.4, read strictly: what a scraper merely tolerates is refused.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::testing {

class exposition {
public:
  using labels = std::map<std::string, std::string>;

  struct sample {
    std::string name; ///< with _bucket, _sum or _count
    labels of;
    double value = 0;
  };

  /// Throws std::runtime_error with the line that is wrong: bad names, escapes or numbers, a family without HELP and
  /// TYPE or in two places, a sample twice, a counter that does not end in _total, a histogram that does not add up.
  explicit exposition(std::string_view text);

  const std::vector<sample>& samples() const { return samples_; }
  bool has(std::string_view name) const;
  /// The sum of the samples of that name whose labels are at least `of`.
  double sum(std::string_view name, const labels& of = {}) const;
  /// How many those are.
  std::size_t count(std::string_view name, const labels& of = {}) const;

private:
  void begin_family(std::string_view line);
  void type_family(std::string_view line);
  void end_family();
  void check_histogram() const;
  void add_sample(std::string_view line);

  std::vector<sample> samples_;
  std::map<std::string, std::string> types_; ///< of the families there were
  std::string family_;                       ///< whose samples come
  std::size_t first_ = 0;                    ///< of its samples
};

} // namespace palabre::testing
