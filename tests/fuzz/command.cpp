// A message on the realtime wire: lines of JSON commands, and the connect of the one-way wires.
#include "fuzz.hpp"

#include "http/realtime/command.hpp"

namespace palabre::fuzz {

using namespace http::realtime;

namespace {

void expect_bounded(const command& c, std::size_t size) {
  PALABRE_ASSERT(c.token.size() <= size && c.channel.size() <= size && c.method.size() <= size);
  PALABRE_ASSERT(c.epoch.size() <= size && c.subs.size() <= size);
}

} // namespace

void look_at(std::string_view input) {
  std::string message(input);
  message.reserve(message.size() + command_padding);
  std::string_view rest = message;
  while (!rest.empty()) {
    const std::size_t before = rest.size();
    const std::string_view line = take_line(rest);
    PALABRE_ASSERT(rest.size() < before);
    if (const auto parsed = parse_command(line)) expect_bounded(*parsed, input.size());
    if (const auto parsed = parse_connect(line)) expect_bounded(*parsed, input.size());
  }
  for (const wire w : {wire::websocket, wire::http_stream, wire::uni_sse}) parses(std::string(input), w);
}

} // namespace palabre::fuzz
