#include "app/export.hpp"

#include "app/commands.hpp"
#include "app/draft_directory.hpp"
#include "app/event_line.hpp"
#include "app/export_format.hpp"
#include "app/file_error.hpp"
#include "app/keys.hpp"
#include "app/moment.hpp"
#include "app/record_progress.hpp"
#include "app/recover.hpp"
#include "app/running_digest.hpp"
#include "app/store.hpp"

#include "storage/synced_file.hpp"

#include "events/streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace palabre::app {
namespace {

constexpr std::size_t write_bytes = 256 * 1024;

/// Which events; all of them by default.
struct selection {
  std::optional<user_id> user;
  std::optional<stream_id> room;
  std::optional<timestamp> since;

  bool takes(const storage::record& r) const {
    return (!user || r.actor == *user || is_of(*user, r.stream)) && (!room || r.stream == *room) &&
           (!since || r.time >= *since);
  }
  static bool is_of(const user_id& user, const stream_id& stream) {
    return stream == events::stream_of(user) || stream == events::inbox_of(user);
  }
};

result<selection> understand(const export_options& options) {
  selection s;
  if (options.user && !(s.user = user_id::parse(*options.user)))
    return error{errc::invalid, "--user " + *options.user + ": not an id"};
  if (options.room) {
    const auto room = room_id::parse(*options.room);
    if (!room) return error{errc::invalid, "--room " + *options.room + ": not an id"};
    s.room = events::stream_of(*room);
  }
  if (options.since) {
    PALABRE_TRY(s.since, parse_time("--since", *options.since));
  }
  return s;
}

std::string describe(const export_options& options) {
  std::string text;
  const auto add = [&](const char* name, const std::optional<std::string>& value) {
    if (value) text += (text.empty() ? "" : ", ") + std::string(name) + ' ' + *value;
  };
  add("user", options.user);
  add("room", options.room);
  add("since", options.since);
  return text;
}

/// Sums up what it writes.
class line_writer {
public:
  explicit line_writer(std::ostream& out) : out_(out) {}

  /// False: the target takes no more.
  bool add(std::string_view line) {
    pending_ += line;
    pending_ += '\n';
    return pending_.size() < write_bytes || flush();
  }
  bool end(std::uint64_t events) {
    if (!flush()) return false;
    return add(to_line(export_trailer{events, digest_.finish()})) && write();
  }

private:
  bool flush() {
    digest_.take(pending_);
    return write();
  }
  bool write() {
    out_.write(pending_.data(), static_cast<std::streamsize>(pending_.size()));
    out_.flush();
    pending_.clear();
    return out_.good();
  }

  std::ostream& out_;
  running_digest digest_;
  std::string pending_;
};

result<std::uint64_t> write_lines(const storage::event_log& log, const export_options& options, const selection& which,
                                  std::ostream& out) {
  line_writer lines(out);
  lines.add(to_line(export_header{log.epoch(), log.head(), options.with_secrets, describe(options)}));
  record_progress shown("exporting", {}, log.head());
  std::uint64_t events = 0;
  std::string line;
  result<void> written = success();
  PALABRE_TRY(log.scan({}, log.head(), [&](const storage::committed_record& r) {
    shown.reach(r.view.at);
    if (!which.takes(r.view)) return true;
    line.clear();
    written = append_event_line(line, r.view, r.hash);
    if (!written) return false;
    if (options.with_secrets) append_stored(line, r.stored);
    ++events;
    if (!lines.add(line)) written = error{errc::io, "the target takes no more: " + std::string(std::strerror(errno))};
    return written.has_value();
  }));
  PALABRE_TRY(std::move(written));
  if (!lines.end(events)) return error{errc::io, "the target takes no more: " + std::string(std::strerror(errno))};
  return events;
}

result<void> sync_and_rename(const std::string& draft, const std::string& path) {
  PALABRE_TRY(storage::sync_path(draft));
  if (::rename(draft.c_str(), path.c_str()) != 0) return file_error(path);
  return storage::sync_directory(std::filesystem::absolute(path).parent_path());
}

/// A file that comes into being as a whole. Others may not read it: it may hold secrets.
result<std::uint64_t> write_file(const storage::event_log& log, const export_options& options, const selection& which) {
  const std::string& path = *options.to;
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored))
    return error{errc::conflict, path + " is there already, and nothing is written over; name another"};
  const std::string draft = path + ".partial";
  const int made = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (made < 0) return file_error(draft);
  ::close(made);
  std::ofstream file(draft, std::ios::binary);
  auto written = write_lines(log, options, which, file);
  file.close();
  if (written && !file) written = error{errc::io, "cannot write " + draft};
  if (written) {
    if (auto named = sync_and_rename(draft, path); !named) written = named.error();
  }
  if (!written) std::filesystem::remove(draft, ignored);
  return written;
}

} // namespace

int export_log(const export_options& options, std::ostream& out, std::ostream& errors) {
  const auto which = understand(options);
  if (!which) {
    fail(errors, which.error());
    return 2;
  }
  const auto opened = open_log_for_reading(options.data);
  if (!opened) return fail(errors, with_advice(opened.error(), options.data));
  const storage::event_log& log = *opened.value();
  if (log.damage()) return fail(errors, with_advice({errc::corrupt, *log.damage()}, options.data));
  const auto written =
      options.to ? write_file(log, options, which.value()) : write_lines(log, options, which.value(), out);
  if (!written) return fail(errors, with_advice(written.error(), options.data));
  if (options.to) out << "exported: " << written.value() << " events to " << *options.to << '\n';
  return 0;
}

} // namespace palabre::app
