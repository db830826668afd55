#include "app/commands.hpp"
#include "app/event_line.hpp"
#include "app/keys.hpp"
#include "app/store.hpp"

#include "events/catalog.hpp"

#include <algorithm>

namespace palabre::app {
namespace {

/// What the options ask for, understood.
struct filter {
  std::optional<stream_id> stream; ///< of --room
  std::optional<user_id> user;
  std::optional<std::string> type;
  std::optional<timestamp> since, until;

  bool takes(const storage::record& r) const {
    return (!stream || r.stream == *stream) && (!user || r.actor == *user) && (!type || r.type == *type) &&
           (!since || r.time >= *since) && (!until || r.time <= *until);
  }
};

result<std::optional<timestamp>> parse_time(const char* option, const std::optional<std::string>& text) {
  if (!text) return std::optional<timestamp>{};
  const auto t = parse_rfc3339(*text);
  if (!t) return error{errc::invalid, std::string(option) + " " + *text + ": write a time as 2026-01-31T12:00:00Z"};
  return t;
}

result<filter> understand(const events_options& options) {
  filter f;
  if (options.room) {
    const auto room = room_id::parse(*options.room);
    if (!room) return error{errc::invalid, "--room " + *options.room + ": not an id"};
    f.stream = events::stream_of(*room);
  }
  if (options.user) {
    f.user = user_id::parse(*options.user);
    if (!f.user) return error{errc::invalid, "--user " + *options.user + ": not an id"};
  }
  if (options.type) {
    const auto& types = events::all_types();
    const bool known =
        std::any_of(types.begin(), types.end(), [&](const auto& t) { return t.type.name == *options.type; });
    if (!known) return error{errc::invalid, "--type " + *options.type + ": there is no such event type"};
    f.type = options.type;
  }
  PALABRE_TRY(f.since, parse_time("--since", options.since));
  PALABRE_TRY(f.until, parse_time("--until", options.until));
  return f;
}

} // namespace

int print_events(const events_options& options, std::ostream& out, std::ostream& errors) {
  const auto asked = understand(options);
  if (!asked) {
    fail(errors, asked.error());
    return 2;
  }
  const auto log = open_log_for_reading(options.data);
  if (!log) return fail(errors, log.error());
  if (log.value()->damage()) errors << "palabre: damaged: " << *log.value()->damage() << '\n';
  std::string line;
  std::optional<error> broken;
  const auto print = [&](const storage::committed_record& record) {
    if (!asked.value().takes(record.view)) return true;
    line.clear();
    if (auto made = append_event_line(line, record); !made) {
      broken = std::move(made).error();
      return false;
    }
    line += '\n';
    out.write(line.data(), static_cast<std::streamsize>(line.size()));
    return out.good();
  };
  const position after{options.after}, head = log.value()->head();
  const auto scanned = after < head ? log.value()->scan(after, head, print) : result<void>(success());
  out.flush();
  if (broken) return fail(errors, *broken);
  if (!scanned) return fail(errors, scanned.error());
  return log.value()->damage() ? 1 : 0;
}

} // namespace palabre::app
