#pragma once
// Looks through the log for events, a step at a time, so that whoever serves others beside it can do so in between.

#include "projections/event_filter.hpp"
#include "projections/log_reader.hpp"

#include <vector>

namespace palabre::projections {

/// One page of what a filter takes. A filter with a stream goes by the stream's index and looks at its records only;
/// every other one looks at all records. Threads: one. Memory: what it found.
class event_search {
public:
  enum class direction : bool { older, newer };
  /// From which position on (exclusive), which way, how many, and where the log ends.
  struct page_request {
    direction way = direction::older;
    position from;
    std::size_t count_max = 0;
    position head;
  };
  /// One page looks at so many records: some tens of milliseconds of work. What lies behind is the next page's.
  static constexpr std::size_t records_looked_at_max = 10'000;
  /// Of those, so many in one step: a few milliseconds.
  static constexpr std::size_t records_per_step = 1'000;

  /// Requires: head ≤ log.head(); `log` outlives it.
  event_search(const log_reader& log, event_filter wanted, const page_request& asked);

  /// False: the page is complete, or as long as it gets. Errors of all: io, corrupt; unavailable: what is needed was
  /// archived, and is not at hand.
  result<bool> step();

  /// How many records it went through.
  std::size_t looked_at() const { return looked_at_; }
  /// In the direction asked for.
  std::vector<storage::committed_record>& found() { return found_; }
  /// Where the next page begins, the same way (exclusive, as page_request::from); nullopt: there is nothing more.
  result<std::optional<position>> next() const;

private:
  result<void> begin();
  result<bool> look_on();
  std::uint64_t step_size() const;
  result<std::vector<position>> look(std::uint64_t after, std::uint64_t last) const;
  result<void> take(std::vector<position> wanted);
  bool is_by_stream() const { return wanted_.stream.has_value(); }

  const log_reader& log_;
  const event_filter wanted_;
  const page_request asked_;
  bool begun_ = false;
  std::size_t looked_at_ = 0;
  std::uint64_t low_ = 0, high_ = 0; ///< still to look at: low_ < n ≤ high_, versions of the stream or positions
  std::vector<storage::committed_record> found_;
};

} // namespace palabre::projections
