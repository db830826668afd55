#include "app/commands.hpp"
#include "app/ending.hpp"
#include "app/keys.hpp"
#include "app/log_statistics.hpp"
#include "app/record_progress.hpp"
#include "app/store.hpp"

#include "base/json_writer.hpp"
#include "bench/report/columns.hpp"
#include "bench/report/numbers.hpp"
#include "events/streams.hpp"

#include <filesystem>

namespace palabre::app {
namespace {

constexpr std::size_t days_shown = 14;
constexpr std::size_t name_width = 34, number_width = 16;

std::uint64_t bytes_below(const std::string& directory) {
  std::uint64_t bytes = 0;
  std::error_code gone; // a live server replaces files: what is gone by now has no size
  for (const auto& file : std::filesystem::recursive_directory_iterator(directory, gone))
    if (const auto size = file.file_size(gone); !gone && file.is_regular_file(gone)) bytes += size;
  return bytes;
}

std::string day_text(std::int64_t day) {
  return to_rfc3339({day * 86'400'000}).substr(0, 10);
}

std::string count_text(std::uint64_t count) {
  return bench::grouped(static_cast<double>(count), 0);
}

std::string row(std::string_view name, const counted& of) {
  std::string text = "  " + bench::left_in(std::string(name), name_width);
  text += bench::right_in(count_text(of.events), number_width) + bench::right_in(count_text(of.bytes), number_width);
  return text + '\n';
}

std::string heading(std::string_view name) {
  return '\n' + bench::left_in(std::string(name), name_width + 2) + bench::right_in("events", number_width) +
         bench::right_in("bytes", number_width) + '\n';
}

/// A kind of stream as its names begin.
std::string kind_text(char kind) {
  const std::string name = events::name_of(stream_id{kind, {}});
  return name.substr(0, name.find(':'));
}

std::string table(const log_statistics& s, const std::string& epoch, std::uint64_t log_files,
                  std::uint64_t view_files) {
  std::string text = "events             " + count_text(s.all.events) + '\n';
  text += "bytes of records   " + count_text(s.all.bytes) + '\n';
  text += "bytes of files     " + count_text(log_files) + " log, " + count_text(view_files) + " views\n";
  if (s.all.events > 0) text += "oldest, newest     " + to_rfc3339(s.oldest) + ", " + to_rfc3339(s.newest) + '\n';
  if (s.away > 0)
    text += "elsewhere          " + count_text(s.away) +
            " events are in segments that are not here: what is counted are the rows that stand for them\n";
  text += "idempotency keys   " + count_text(s.keys) + '\n';
  text += "epoch              " + epoch + '\n';
  text += "streams            " + count_text(s.streams());
  for (bool first = true; const auto& [kind, count] : s.streams_by_kind) {
    text += (std::exchange(first, false) ? ": " : ", ") + count_text(count) + ' ' + kind_text(kind);
  }
  text += '\n' + heading("by type");
  for (const auto& type : s.by_type) text += row(kind_text(type.kind) + ' ' + type.type, type.of);
  text += heading("by day (UTC)");
  const std::size_t left_out = s.by_day.size() > days_shown ? s.by_day.size() - days_shown : 0;
  auto day = s.by_day.begin();
  std::advance(day, left_out);
  if (left_out > 0) text += "  (" + count_text(left_out) + " earlier days: --json has them)\n";
  for (; day != s.by_day.end(); ++day) text += row(day_text(day->first), day->second);
  if (!s.by_day.empty()) text += row("on a day with any", s.of_a_day());
  return text;
}

void append_counted(std::string& out, const counted& of) {
  out += R"("events":)";
  append_json_uint(out, of.events);
  out += R"(,"bytes":)";
  append_json_uint(out, of.bytes);
}

std::string json(const log_statistics& s, const std::string& epoch, std::uint64_t log_files, std::uint64_t view_files) {
  std::string out = "{";
  append_counted(out, s.all);
  out += R"(,"log_file_bytes":)" + std::to_string(log_files) + R"(,"view_file_bytes":)" + std::to_string(view_files);
  if (s.all.events > 0) out += R"(,"oldest":")" + to_rfc3339(s.oldest) + R"(","newest":")" + to_rfc3339(s.newest) + '"';
  out +=
      R"(,"idempotency_keys":)" + std::to_string(s.keys) + R"(,"elsewhere":)" + std::to_string(s.away) + R"(,"epoch":)";
  append_json_string(out, epoch);
  out += R"(,"streams":{)";
  for (bool first = true; const auto& [kind, count] : s.streams_by_kind) {
    out += (std::exchange(first, false) ? "\"" : ",\"") + kind_text(kind) + "\":" + std::to_string(count);
  }
  out += R"(},"by_type":[)";
  for (bool first = true; const auto& type : s.by_type) {
    out += std::exchange(first, false) ? R"({"stream":)" : R"(,{"stream":)";
    append_json_string(out, kind_text(type.kind));
    out += R"(,"type":)";
    append_json_string(out, type.type);
    out += ',';
    append_counted(out, type.of);
    out += '}';
  }
  out += R"(],"by_day":[)";
  for (bool first = true; const auto& [day, of] : s.by_day) {
    out += std::exchange(first, false) ? R"({"day":")" : R"(,{"day":")";
    out += day_text(day) + "\",";
    append_counted(out, of);
    out += '}';
  }
  return out + "]}\n";
}

result<void> run(const stats_options& options, std::ostream& out) {
  const ending end;
  PALABRE_TRY(const auto log, open_log_for_reading(options.data));
  log_statistics found;
  {
    record_progress shown("counting", {}, log->head(), record_progress::elsewhere::if_it_takes_long);
    PALABRE_TRY(found, count(*log, [&](position at) {
                  shown.reach(at);
                  return !end.is_asked();
                }));
  }
  const auto print = options.json ? json : table;
  out << print(found, log->epoch(), bytes_below(log_directory(options.data)),
               bytes_below(views_directory(options.data)));
  if (log->damage()) return error{errc::corrupt, *log->damage()};
  return success();
}

} // namespace

int print_stats(const stats_options& options, std::ostream& out, std::ostream& errors) {
  const auto done = run(options, out);
  out.flush();
  return done ? 0 : fail(errors, done.error());
}

} // namespace palabre::app
