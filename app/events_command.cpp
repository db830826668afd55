#include "app/commands.hpp"
#include "app/ending.hpp"
#include "app/event_filter.hpp"
#include "app/event_line.hpp"
#include "app/keys.hpp"
#include "app/store.hpp"

#include "base/ordered_work.hpp"
#include "projections/log_reader.hpp"

#include <algorithm>

namespace palabre::app {
namespace {

constexpr std::uint64_t records_per_part = 8'192;
constexpr std::size_t slots_per_thread = 2;
constexpr std::chrono::milliseconds between_looks{50}; // --follow: how late an event may be shown

/// What one part of the log prints, up to what is wrong there.
struct printed {
  std::string lines;
  std::optional<error> broken;

  void add(const storage::record& r, const sha256_digest& hash) {
    const std::size_t before = lines.size();
    if (const auto made = append_event_line(lines, r, hash)) {
      lines += '\n';
    } else {
      lines.resize(before);
      broken = made.error();
    }
  }
};

class listing {
public:
  listing(const storage::event_log& log, const event_filter& filter, std::ostream& out, const ending& end)
      : log_(log), filter_(filter), out_(out), end_(end), slots_(slots_per_thread * working_threads()) {}

  /// Prints what is behind `after`. False: nobody wants more. Errors: corrupt, from_the_future; what lies before it is
  /// printed.
  result<bool> print(position after) { return filter_.stream ? print_stream(after) : print_log(after); }

private:
  result<bool> print_log(position after) {
    const position head = log_.head();
    if (after >= head) return true;
    const std::uint64_t parts = (head.value - after.value + records_per_part - 1) / records_per_part;
    return print_parts(parts, [&](std::uint64_t part, printed& to) {
      const position from{after.value + part * records_per_part};
      return log_.scan_in_place(from, {std::min(head.value, from.value + records_per_part)},
                                [&](const storage::record& r, std::string_view stored) {
                                  if (filter_.takes(r)) to.add(r, storage::hash_of(stored)); // hashed only if printed
                                  return !to.broken;
                                });
    });
  }

  result<bool> print_stream(position after) {
    PALABRE_TRY(const stream_version end, projections::log_reader(log_).head_of(*filter_.stream));
    const stream_version from = std::exchange(shown_, end);
    return print_parts((end - from + records_per_part - 1) / records_per_part, [&](std::uint64_t part, printed& to) {
      const stream_version first = from + part * records_per_part;
      return log_.read_stream(*filter_.stream, first, std::min(records_per_part, end - first),
                              [&](const storage::committed_record& r) {
                                if (r.view.at > after && filter_.takes(r.view)) to.add(r.view, r.hash);
                                return !to.broken;
                              });
    });
  }

  template <class Make>
  result<bool> print_parts(std::uint64_t parts, Make&& make) {
    std::optional<error> broken;
    work_in_order(
        working_threads(), slots_.size(), parts,
        [&](std::uint64_t part, std::size_t slot) {
          printed& to = slots_[slot];
          to.lines.clear();
          to.broken.reset();
          const auto read = make(part, to);
          if (!read && !to.broken) to.broken = read.error();
        },
        [&](std::uint64_t, std::size_t slot) {
          broken = slots_[slot].broken;
          return write(slots_[slot].lines) && !broken;
        });
    if (broken) return std::move(*broken);
    return is_wanted();
  }

  bool write(const std::string& lines) {
    out_.write(lines.data(), static_cast<std::streamsize>(lines.size()));
    return is_wanted();
  }
  bool is_wanted() const { return out_.good() && !end_.is_asked(); }

  const storage::event_log& log_;
  const event_filter& filter_;
  std::ostream& out_;
  const ending& end_;
  std::vector<printed> slots_;
  stream_version shown_ = 0; ///< of --room: how far it has been shown
};

/// Shows what comes, as it comes.
result<void> follow(storage::event_log& log, listing& shown, position after, std::ostream& out, const ending& end) {
  for (position last = std::max(after, log.head()); out.flush() && end.pause(between_looks);) {
    PALABRE_TRY(const position head, log.catch_up());
    if (head <= last) continue;
    PALABRE_TRY(const bool go_on, shown.print(last));
    if (!go_on) break;
    last = head;
  }
  return success();
}

result<void> run(const events_options& options, const event_filter& filter, std::ostream& out, std::ostream& errors) {
  const ending end;
  PALABRE_TRY(const auto log, open_log_for_reading(options.data, options.keys.value_or(options.data)));
  if (log->damage()) errors << "palabre: damaged: " << *log->damage() << '\n';
  listing shown(*log, filter, out, end);
  PALABRE_TRY(const bool go_on, shown.print({options.after}));
  if (log->damage()) return error{errc::corrupt, {}}; // said above
  if (go_on && options.follow) return follow(*log, shown, {options.after}, out, end);
  return success();
}

} // namespace

int print_events(const events_options& options, std::ostream& out, std::ostream& errors) {
  const auto asked = understand(options);
  if (!asked) {
    fail(errors, asked.error());
    return 2;
  }
  const auto done = run(options, asked.value(), out, errors);
  out.flush();
  if (done) return 0;
  return done.error().context.empty() ? 1 : fail(errors, done.error());
}

} // namespace palabre::app
