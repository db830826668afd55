#include "app/commands.hpp"
#include "app/ending.hpp"
#include "app/erasures_standing.hpp"
#include "app/keys.hpp"
#include "app/moment.hpp"
#include "app/record_progress.hpp"
#include "app/store.hpp"
#include "app/views_check.hpp"

#include "base/ordered_work.hpp"
#include "events/streams.hpp"
#include "projections/tables.hpp"
#include "storage/archive_segment.hpp"
#include "storage/log_check.hpp"

#include <atomic>

namespace palabre::app {
namespace {

/// What `--since` says: the last position that is not asked about.
result<position> before_since(const storage::event_log& log, const std::optional<std::string>& since) {
  if (!since) return position{};
  PALABRE_TRY(const moment from, parse_moment("--since", *since, "a position"));
  if (!from.time) return position{from.number > 0 ? from.number - 1 : 0};
  return last_before(log, *from.time);
}

result<storage::checked_log> check_log(const storage::event_log& log, position after, bool without_keys,
                                       const ending& end, std::ostream& out) {
  record_progress shown("checking the log", after, log.head(), record_progress::elsewhere::if_it_takes_long);
  storage::log_check how;
  how.after = after;
  how.threads = working_threads();
  how.indexes = !log.damage();
  how.name_of = [](const stream_id& stream) { return events::name_of(stream); };
  std::atomic<std::uint64_t> unread = 0;
  how.readable = [without_keys, &unread](const storage::record& r) -> result<void> {
    if (without_keys && r.key_id != 0) {
      unread.fetch_add(1, std::memory_order_relaxed);
      return success();
    }
    PALABRE_TRY(projections::decode(r));
    return success();
  };
  how.progress = [&](position at) {
    shown.reach(at);
    return !end.is_asked();
  };
  PALABRE_TRY(const storage::checked_log checked, storage::check(log, how));
  if (log.damage()) return error{errc::corrupt, *log.damage()};
  out << "log: " << checked.records << " records in " << checked.streams << " streams";
  if (after.value > 0) out << " behind position " << after.value;
  if (checked.away > 0)
    out << ", of which " << checked.away
        << " are in segments that are not here (their hashes are in the chain, their bytes were not looked at)";
  if (unread > 0) out << ", " << unread << " of them sealed and not read";
  out << ", chain whole, epoch " << log.epoch() << '\n';
  return checked;
}

/// The files by themselves; what is in them was held against the log with its records.
result<void> check_segments(const storage::event_log& log, const ending& end, std::ostream& out) {
  const auto segments = storage::segments_in(storage::archive_directory(log.directory()));
  for (const std::string& path : segments) {
    PALABRE_TRY(end.check());
    PALABRE_TRY(storage::check_segment(path));
  }
  if (!segments.empty())
    out << "archive: " << segments.size() << (segments.size() == 1 ? " segment" : " segments, each")
        << " what its sum says\n";
  return success();
}

/// While somebody is erased, or after that was interrupted, some words are gone from the views and others are not: what
/// differs then is no damage. `before`: as it was when the views were opened.
result<void> compare_views(const storage::event_log& log, const storage::views_store& views, const std::string& keys,
                           const erasures_standing& before, const ending& end, std::ostream& out) {
  const auto compared = check_views(log, views, end, out);
  if (compared || compared.error().code != errc::corrupt) return compared;
  PALABRE_TRY(const erasures_standing now, look_at_erasures(keys));
  if (now == before && now.unfinished == 0) return compared;
  return error{errc::conflict, "an erasure is unfinished, and the views are not what the log says before it is: wait "
                               "for the server that is at it, start one, or run `palabre erase` again"};
}

result<void> run(const verify_options& options, std::ostream& out) {
  const ending end;
  const bool with_views = !options.log_only && !options.since && !options.without_keys;
  const std::string keys_at = options.keys.value_or(options.data);
  erasures_standing erasures;
  if (with_views) {
    PALABRE_TRY(erasures, look_at_erasures(keys_directory(keys_at)));
  }
  // The views first: beside a live server both go on, and what the views have seen by now is then in the log.
  result<std::unique_ptr<storage::views_store>> views = error{errc::not_found, {}};
  if (with_views)
    views = storage::views_store::open_read_only(views_directory(options.data), projections::tables::forms);
  PALABRE_TRY(const auto log,
              options.without_keys ? open_sealed_log(options.data) : open_log_for_reading(options.data, keys_at));
  PALABRE_TRY(const position after, before_since(*log, options.since));
  PALABRE_TRY(const auto checked, check_log(*log, after, options.without_keys, end, out));
  if (after.value == 0) {
    PALABRE_TRY(check_segments(*log, end, out));
  }
  if (views && checked.away > 0) {
    out << "views: not compared: that takes every record\n";
    return success();
  }
  if (views) return compare_views(*log, *views.value(), keys_directory(keys_at), erasures, end, out);
  if (views.error().code != errc::not_found)
    return error{errc::corrupt, "the views cannot be read: " + views.error().context};
  out << (with_views ? "views: none yet\n" : "views: not looked at\n");
  return success();
}

} // namespace

int verify(const verify_options& options, std::ostream& out, std::ostream& errors) {
  const auto sound = run(options, out);
  if (!sound) return fail_or_misused(errors, sound.error());
  out << "verified\n";
  return 0;
}

} // namespace palabre::app
