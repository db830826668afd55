// Bytes of a client's WebSocket, cut into pieces in two ways: what comes out must not depend on the cuts.
#include "fuzz.hpp"

#include "http/realtime/frame.hpp"

namespace palabre::fuzz {

using namespace http::realtime;

namespace {

constexpr std::size_t message_bytes_max = 4'096;

std::string decoded(std::string_view input, std::size_t piece) {
  frame_decoder decoder(message_bytes_max);
  std::string all;
  while (!input.empty() && decoder.failure() == 0) {
    std::string_view some = input.substr(0, piece);
    input.remove_prefix(some.size());
    while (const auto message = decoder.next(some)) {
      PALABRE_ASSERT(message->payload.size() <= message_bytes_max);
      PALABRE_ASSERT(message->kind != opcode::continuation);
      all += std::to_string(static_cast<int>(message->kind)) + ':' + message->payload + ';' +
             std::to_string(message->kind == opcode::close ? message->close_code() : 0);
    }
  }
  return all + '!' + std::to_string(decoder.failure());
}

} // namespace

void look_at(std::string_view input) {
  const std::string whole = decoded(input, input.size());
  PALABRE_ASSERT(decoded(input, 1) == whole);
  PALABRE_ASSERT(decoded(input, 7) == whole);
}

} // namespace palabre::fuzz
