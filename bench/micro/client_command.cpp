// What does a client's command cost before anything is decided? Unit: ns per command. Workload: the rpc that posts the
// typical message, 290 bytes: unmasked and taken out of its WebSocket frame, then read as JSON.

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "bench/micro/operation.hpp"
#include "bench/micro/typical_message.hpp"
#include "http/realtime/command.hpp"
#include "http/realtime/frame.hpp"

namespace palabre::micro {
namespace {

namespace realtime = http::realtime;

std::string post_line() {
  return R"({"id":7,"rpc":{"method":"message.post","data":{"room_id":")" + to_text(numbered_room(1)) + R"(","body":")" +
         std::string(body_text) + R"(","client_id":"0190b1f0-7c3a-7000-8000-00000000c11e"}}})";
}

std::string masked_frame(std::string_view payload) {
  constexpr std::uint32_t mask = 0x37fa213d;
  std::string out{'\x81', '\xfe'}; // final, text; masked, with a length of two bytes
  put_int(out, static_cast<std::uint16_t>(payload.size()));
  put_int(out, mask);
  for (std::size_t i = 0; i < payload.size(); ++i)
    out += static_cast<char>(payload[i] ^ static_cast<char>(mask >> (24 - 8 * (i % 4))));
  return out;
}

struct decode_frame {
  std::string operator()() {
    std::string_view left = bytes;
    auto message = decoder.next(left);
    PALABRE_ASSERT(message.has_value());
    return std::move(message->payload);
  }
  const std::string bytes = masked_frame(post_line());
  realtime::frame_decoder decoder{64 * 1024};
};

struct parse_line {
  parse_line() { line.reserve(line.size() + realtime::command_padding); }
  auto operator()() {
    auto parsed = realtime::parse_command(line);
    PALABRE_ASSERT(parsed.has_value());
    return parsed;
  }
  std::string line = post_line();
};

const registration client_command_registered[] = {
    measure<decode_frame>("http/realtime/decode_frame").gated(2'000),
    measure<parse_line>("http/realtime/parse_command").gated(2'000),
};

} // namespace
} // namespace palabre::micro
