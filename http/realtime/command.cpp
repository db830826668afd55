#include "http/realtime/command.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace palabre::http::realtime {

namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::size_t levels_around_data = 3; // command, its body, data
constexpr std::int64_t reject_unrecovered_flag = 2;

constexpr std::array<std::pair<std::string_view, command::name>, 12> names{{
    {"connect", command::name::connect},
    {"subscribe", command::name::subscribe},
    {"unsubscribe", command::name::unsubscribe},
    {"publish", command::name::publish},
    {"presence", command::name::presence},
    {"presence_stats", command::name::presence_stats},
    {"history", command::name::history},
    {"rpc", command::name::rpc},
    {"send", command::name::send},
    {"refresh", command::name::refresh},
    {"sub_refresh", command::name::sub_refresh},
    {"ping", command::name::ping},
}};

/// Takes fields out of an object. What is absent or null is left alone; another type breaks the whole.
class field_reader {
public:
  explicit field_reader(object from) : from_(from) {}

  void read(std::string_view key, std::string& out) {
    std::string_view text;
    if (const auto found = find(key)) take(found->get(text), [&] { out = text; });
  }
  void read(std::string_view key, bool& out) {
    bool flag = false;
    if (const auto found = find(key)) take(found->get(flag), [&] { out = flag; });
  }
  void read(std::string_view key, std::int64_t& out) {
    std::int64_t number = 0;
    if (const auto found = find(key)) take(found->get(number), [&] { out = number; });
  }
  void read(std::string_view key, std::uint64_t& out) {
    std::uint64_t number = 0;
    if (const auto found = find(key)) take(found->get(number), [&] { out = number; });
  }
  void read_raw(std::string_view key, std::string& out) {
    element value;
    if (from_[key].get(value) == simdjson::SUCCESS) out = simdjson::minify(value);
  }
  std::optional<object> read_object(std::string_view key) {
    object inner;
    const auto found = find(key);
    if (!found) return std::nullopt;
    take(found->get(inner), [] {});
    return ok_ ? std::optional(inner) : std::nullopt;
  }
  bool ok() const { return ok_; }

private:
  std::optional<element> find(std::string_view key) {
    element value;
    if (from_[key].get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
    return value;
  }
  template <class Then>
  void take(simdjson::error_code failed, Then then) {
    if (failed)
      ok_ = false;
    else
      then();
  }

  object from_;
  bool ok_ = true;
};

bool read_subs(object from, std::vector<channel_position>& out) {
  for (const auto& [channel, value] : from) {
    object inner;
    if (value.get(inner) != simdjson::SUCCESS) return false;
    field_reader fields(inner);
    channel_position at;
    at.channel = channel;
    fields.read("recover", at.recover);
    fields.read("offset", at.offset);
    fields.read("epoch", at.epoch);
    if (!fields.ok()) return false;
    out.push_back(std::move(at));
  }
  return true;
}

/// Browsers cannot set headers on a WebSocket, so clients may put them into the connect command.
bool read_emulated_authorization(object from, std::string& token) {
  constexpr std::string_view scheme = "Bearer ";
  for (const auto& [name, value] : from) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return false;
    if ((name == "authorization" || name == "Authorization") && text.starts_with(scheme) && token.empty())
      token = text.substr(scheme.size());
  }
  return true;
}

bool read_body(object from, command& out) {
  field_reader fields(from);
  std::int64_t flag = 0;
  fields.read("token", out.token);
  fields.read("channel", out.channel);
  fields.read("method", out.method);
  fields.read_raw("data", out.data);
  fields.read("recover", out.recover);
  fields.read("recoverable", out.recoverable);
  fields.read("positioned", out.positioned);
  fields.read("join_leave", out.join_leave);
  fields.read("flag", flag);
  fields.read("type", out.type);
  fields.read("limit", out.limit);
  fields.read("reverse", out.reverse);
  fields.read("offset", out.offset);
  fields.read("epoch", out.epoch);
  out.reject_unrecovered = (flag & reject_unrecovered_flag) != 0;
  if (const auto filter = fields.read_object("tf")) out.tag_filter = simdjson::minify(*filter);
  if (const auto subs = fields.read_object("subs"); subs && !read_subs(*subs, out.subs)) return false;
  if (const auto headers = fields.read_object("headers"); headers && !read_emulated_authorization(*headers, out.token))
    return false;
  if (const auto since = fields.read_object("since")) {
    field_reader position(*since);
    out.since = true;
    position.read("offset", out.offset);
    position.read("epoch", out.epoch);
    return fields.ok() && position.ok();
  }
  return fields.ok();
}

std::optional<command> read_command(object from) {
  command out;
  field_reader fields(from);
  std::uint64_t id = 0;
  fields.read("id", id);
  if (id > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  out.id = static_cast<std::uint32_t>(id);
  for (const auto& [name, what] : names) {
    const auto body = fields.read_object(name);
    if (!fields.ok()) return std::nullopt;
    if (!body) continue;
    out.what = what;
    if (!read_body(*body, out)) return std::nullopt;
    return out;
  }
  return out;
}

simdjson::dom::parser make_parser() {
  simdjson::dom::parser parser;
  const auto failed = parser.allocate(limits::command_frame_bytes_max, limits::json_depth_max + levels_around_data);
  PALABRE_ASSERT(failed == simdjson::SUCCESS);
  return parser;
}

simdjson::dom::parser& parser() {
  thread_local simdjson::dom::parser mine = make_parser();
  return mine;
}

} // namespace

const std::size_t command_padding = simdjson::SIMDJSON_PADDING;

std::optional<command> parse_command(std::string_view line) {
  object root;
  if (parser().parse(line.data(), line.size(), false).get(root) != simdjson::SUCCESS) return std::nullopt;
  return read_command(root);
}

std::optional<command> parse_connect(std::string_view line) {
  object root;
  command out;
  out.what = command::name::connect;
  out.id = 1;
  if (parser().parse(line.data(), line.size(), false).get(root) != simdjson::SUCCESS || !read_body(root, out))
    return std::nullopt;
  return out;
}

std::string_view take_line(std::string_view& rest) {
  constexpr std::string_view blank = " \t\r\n";
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  line.remove_prefix(std::min(line.find_first_not_of(blank), line.size()));
  line.remove_suffix(line.size() - (line.find_last_not_of(blank) + 1));
  return line;
}

bool parses(std::string message, wire w) {
  message.reserve(message.size() + command_padding);
  std::string_view rest = message;
  if (is_one_way(w)) return parse_connect(rest).has_value();
  bool any = false;
  while (!rest.empty()) {
    const std::string_view line = take_line(rest);
    if (line.empty()) continue;
    if (!parse_command(line)) return false;
    any = true;
  }
  return any;
}

} // namespace palabre::http::realtime
