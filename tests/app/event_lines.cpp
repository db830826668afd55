#include "event_lines.hpp"

#include "running_server.hpp"

#include <simdjson.h>

#include <stdexcept>

namespace palabre::testing {
namespace {

event_line parse_line(simdjson::dom::parser& parser, std::string_view text) {
  simdjson::dom::element line;
  if (parser.parse(text.data(), text.size()).get(line) != simdjson::SUCCESS)
    throw std::runtime_error("not JSON: " + std::string(text));
  const auto string = [&](const char* name) { return std::string(line[name].get_string().value()); };
  event_line event;
  event.position = line["position"].get_uint64().value();
  event.seq = line["seq"].get_uint64().value();
  event.stream = line["room_id"].is_string() ? string("room_id") : string("stream");
  event.type = string("type");
  event.actor = string("actor_id");
  event.at = string("at");
  event.text = text;
  return event;
}

} // namespace

std::vector<event_line> parse_events(std::string_view printed) {
  simdjson::dom::parser parser;
  std::vector<event_line> events;
  for (std::size_t begin = 0; begin < printed.size();) {
    const std::size_t end = std::min(printed.find('\n', begin), printed.size());
    events.push_back(parse_line(parser, printed.substr(begin, end - begin)));
    begin = end + 1;
  }
  return events;
}

std::vector<event_line> read_events(const std::string& data, const std::vector<std::string>& filters) {
  std::vector<std::string> arguments{"events", "--data", data};
  arguments.insert(arguments.end(), filters.begin(), filters.end());
  const auto ran = run_palabre(std::move(arguments));
  if (ran.status != 0) throw std::runtime_error("palabre events: " + std::to_string(ran.status) + ' ' + ran.complained);
  return parse_events(ran.printed);
}

} // namespace palabre::testing
