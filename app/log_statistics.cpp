#include "app/log_statistics.hpp"

#include "base/ordered_work.hpp"
#include "storage/archived_row.hpp"

#include <algorithm>

namespace palabre::app {
namespace {

constexpr std::uint64_t counted_per_part = 8'192;
constexpr std::size_t counting_slots_per_thread = 2;

struct part_count {
  log_statistics found;
  result<void> read = success();
};

result<void> count_records(const storage::event_log& log, const std::function<bool(position)>& progress,
                           log_statistics& all) {
  const std::uint64_t head = log.head().value;
  const auto end_of = [&](std::uint64_t part) { return position{std::min(head, (part + 1) * counted_per_part)}; };
  std::vector<part_count> slots(counting_slots_per_thread * working_threads());
  result<void> read = success();
  work_in_order(
      working_threads(), slots.size(), (head + counted_per_part - 1) / counted_per_part,
      [&](std::uint64_t part, std::size_t slot) {
        log_statistics& of = slots[slot].found = {};
        slots[slot].read = log.scan_in_place(
            {part * counted_per_part}, end_of(part),
            [&](const storage::record& r, std::string_view stored) {
              of.add(r, stored.size());
              return true;
            },
            storage::event_log::archived::as_rows_if_away);
      },
      [&](std::uint64_t part, std::size_t slot) {
        all.add(slots[slot].found);
        read = slots[slot].read;
        if (read && !progress(end_of(part))) read = error{errc::abandoned, "interrupted"};
        return read.has_value();
      });
  return read;
}

} // namespace

std::uint64_t log_statistics::streams() const {
  std::uint64_t sum = 0;
  for (const auto& [kind, count] : streams_by_kind) sum += count;
  return sum;
}

counted log_statistics::of_a_day() const {
  return {all.events / by_day.size(), all.bytes / by_day.size()};
}

/// There are a few dozen, and nearly every event is of the first few.
counted& log_statistics::of_type(char kind, std::string_view type) {
  for (type_count& known : by_type)
    if (known.kind == kind && known.type == type) return known.of;
  return by_type.emplace_back(type_count{kind, std::string(type), {}}).of;
}

void log_statistics::add(const storage::record& r, std::size_t bytes) {
  const counted one{1, bytes};
  oldest = all.events == 0 ? r.time : std::min(oldest, r.time);
  newest = all.events == 0 ? r.time : std::max(newest, r.time);
  all.add(one);
  keys += r.keys.size();
  if (storage::is_archived(r)) ++away;
  of_type(r.stream.kind, r.type).add(one);
  by_day[utc_day(r.time)].add(one);
}

void log_statistics::add(const log_statistics& more) {
  if (more.all.events == 0) return;
  oldest = all.events == 0 ? more.oldest : std::min(oldest, more.oldest);
  newest = all.events == 0 ? more.newest : std::max(newest, more.newest);
  all.add(more.all);
  keys += more.keys;
  away += more.away;
  for (const type_count& type : more.by_type) of_type(type.kind, type.type).add(type.of);
  for (const auto& [day, of] : more.by_day) by_day[day].add(of);
}

result<log_statistics> count(const storage::event_log& log, const std::function<bool(position)>& progress) {
  log_statistics all;
  PALABRE_TRY(count_records(log, progress, all));
  PALABRE_TRY(log.scan_heads([&](const stream_id& stream, const storage::stream_head&) {
    ++all.streams_by_kind[stream.kind];
    return true;
  }));
  std::stable_sort(all.by_type.begin(), all.by_type.end(),
                   [](const auto& a, const auto& b) { return a.of.events > b.of.events; });
  return all;
}

} // namespace palabre::app
