#include "app/commands.hpp"
#include "app/ending.hpp"
#include "app/keys.hpp"
#include "app/room_changes.hpp"
#include "app/store.hpp"

#include "base/json_writer.hpp"
#include "bench/report/columns.hpp"

namespace palabre::app {
namespace {

std::string text_of(const person_named& who) {
  if (who.id.is_nil()) return "the system";
  return (who.name.empty() ? "?" : who.name) + " (" + to_text(who.id) + ')';
}

/// Without what a terminal would obey: names and words are people's.
void append_line(std::string& out, const std::string& line) {
  out += bench::printable(line) + '\n';
}

/// A line for the change, and one for each value that went or came, as diff(1) has them.
void append_text(std::string& out, const room_change& c) {
  append_line(out, std::to_string(c.seq) + "  " + to_rfc3339(c.time) + "  " + std::string(c.type) + "  by " +
                       text_of(c.who));
  if (c.message && c.message->seq == c.seq) append_line(out, "    message " + to_text(c.message->id));
  if (c.message && c.message->seq != c.seq)
    append_line(out, "    of message " + to_text(c.message->id) + ", seq " + std::to_string(c.message->seq) +
                         (c.message->author ? ", by " + text_of(*c.message->author) : ""));
  if (c.member && c.member->id != c.who.id) append_line(out, "    " + text_of(*c.member));
  for (const auto& field : c.fields) {
    if (field.before) append_line(out, "    - " + field.name + ": " + *field.before);
    if (field.after) append_line(out, "    + " + field.name + ": " + *field.after);
  }
}

void append_member(std::string& out, std::string_view name, const person_named& who) {
  out += name;
  out += R"({"id":")" + to_text(who.id) + R"(","name":)";
  if (who.name.empty())
    out += "null";
  else
    append_json_string(out, who.name);
  out += '}';
}

void append_json(std::string& out, const room_change& c) {
  out += R"({"seq":)" + std::to_string(c.seq) + R"(,"position":)" + std::to_string(c.at.value);
  out += R"(,"time":")" + to_rfc3339(c.time) + R"(","type":")" + std::string(c.type) + '"';
  append_member(out, R"(,"who":)", c.who);
  if (c.message) {
    out += R"(,"message":{"id":")" + to_text(c.message->id) + R"(","seq":)" + std::to_string(c.message->seq);
    if (c.message->author) append_member(out, R"(,"author":)", *c.message->author);
    out += '}';
  }
  if (c.member) append_member(out, R"(,"member":)", *c.member);
  out += R"(,"changes":[)";
  for (bool first = true; const auto& field : c.fields) {
    out += std::exchange(first, false) ? R"({"field":")" : R"(,{"field":")";
    out += field.name + R"(","before":)" + field.before.value_or("null") + R"(,"after":)" +
           field.after.value_or("null") + '}';
  }
  out += "]}\n";
}

result<room_range> understand(const diff_options& options) {
  room_range range;
  const auto room = room_id::parse(options.room);
  if (!room) return error{errc::invalid, "--room " + options.room + ": not an id"};
  range.room = *room;
  if (options.message) {
    range.message = message_id::parse(*options.message);
    if (!range.message) return error{errc::invalid, "--message " + *options.message + ": not an id"};
  }
  if (options.from) {
    PALABRE_TRY(range.from, parse_moment("--from", *options.from, "a seq"));
  }
  if (options.to) {
    PALABRE_TRY(range.to, parse_moment("--to", *options.to, "a seq"));
  }
  return range;
}

result<void> run(const diff_options& options, std::ostream& out) {
  PALABRE_TRY(const room_range range, understand(options));
  const ending end;
  PALABRE_TRY(const auto log, open_log_for_reading(options.data));
  std::uint64_t changes = 0;
  room_changes changed(*log, range);
  PALABRE_TRY(changed.visit([&](const room_change& change) {
    std::string text;
    options.json ? append_json(text, change) : append_text(text, change);
    out << text;
    ++changes;
    return out.good() && !end.is_asked();
  }));
  PALABRE_TRY(end.check());
  if (!options.json) out << changes << (changes == 1 ? " change\n" : " changes\n");
  if (log->damage()) return error{errc::corrupt, *log->damage()};
  return success();
}

} // namespace

int print_diff(const diff_options& options, std::ostream& out, std::ostream& errors) {
  const auto done = run(options, out);
  out.flush();
  return done ? 0 : fail_or_misused(errors, done.error());
}

} // namespace palabre::app
