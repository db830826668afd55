#pragma once
// What one io thread has answered: how often, and how long that took.

#include "base/tally.hpp"
#include "http/api.hpp"
#include "http/edge_counts.hpp"
#include "http/server/entrances.hpp"

#include <chrono>
#include <memory>

namespace palabre::http {

/// What a request was for: a row of the table, an entrance, or nothing that there is.
struct request_aim {
  const route* row = nullptr;
  const entrance* at = nullptr;

  /// The path as it stands in the table; empty: nothing.
  std::string_view path() const { return row ? row->path : at ? at->path : std::string_view{}; }
};

/// Threads: count() from one, add_to() from any. Memory: a few kilobytes, whatever is asked.
class request_tallies {
public:
  /// Of the rows of `table`, which outlives it, and the entrances.
  explicit request_tallies(const std::vector<route>& table);

  void count(const request_aim& aim, method kind, int status, std::chrono::steady_clock::duration took);
  /// Adds what there was so far.
  void add_to(edge_counts& all) const;

private:
  static constexpr std::size_t methods = static_cast<std::size_t>(method::other) + 1;
  static constexpr std::size_t rate_classes = static_cast<std::size_t>(rate_class::address) + 1;
  static constexpr std::size_t status_classes = 5;
  static constexpr std::array<std::uint64_t, 8> micros_bounds{250,    1'000,   2'500,     10'000,
                                                              50'000, 250'000, 1'000'000, 5'000'000};
  using answered = std::array<tally, status_classes>; ///< 1xx to 5xx

  /// Of `answered_`: two for each row (as it is, and by HEAD), then one per method for each entrance, and for the rest.
  std::size_t place_of(const request_aim& aim, method kind) const;

  const std::vector<route>& table_;
  std::vector<answered> answered_;
  std::array<distribution_tally<micros_bounds>, rate_classes> took_;
};

} // namespace palabre::http
