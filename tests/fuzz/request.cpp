// Bytes of a client's HTTP connection, cut into pieces in two ways: what is understood must not depend on the cuts.
#include "fuzz.hpp"

#include "base/limits.hpp"
#include "http/server/request_reader.hpp"

#include <algorithm>

namespace palabre::fuzz {

namespace {

using namespace http;

std::string understood(std::string_view input, std::size_t piece) {
  request_reader reader;
  receive_buffer in;
  std::string all;
  for (;;) {
    const auto now = reader.advance(in);
    if (now == request_reader::progress::head) continue;
    if (now == request_reader::progress::refused) return all + "refused " + std::to_string(reader.refusal().status);
    if (now == request_reader::progress::complete) {
      const call& c = reader.current().wanted;
      PALABRE_ASSERT(c.body.size() <= limits::body_bytes_max);
      all += std::to_string(static_cast<int>(reader.current().kind)) + ' ' + c.path + ' ' + c.body + '\n';
      if (!reader.current().keep_alive || reader.current().upgrade) return all;
      reader.reset();
      continue;
    }
    if (input.empty()) return all;
    const std::string_view some = input.substr(0, piece);
    const auto space = in.space(some.size());
    std::copy(some.begin(), some.end(), space.begin());
    in.filled(some.size());
    input.remove_prefix(some.size());
  }
}

} // namespace

void look_at(std::string_view input) {
  const std::string whole = understood(input, input.size());
  PALABRE_ASSERT(understood(input, 1) == whole);
  PALABRE_ASSERT(understood(input, 13) == whole);
}

} // namespace palabre::fuzz
