// What does it cost to take a request out of the bytes of a socket? Unit: ns per request. Workload: POST /messages with
// the typical message and the headers that a browser sends, all of it in one piece, on a
// connection that is kept.

#include "base/assert.hpp"
#include "bench/micro/operation.hpp"
#include "bench/micro/typical_message.hpp"
#include "http/server/request_reader.hpp"

#include <cstring>

namespace palabre::micro {
namespace {

std::string post_request() {
  const std::string body = R"({"body":")" + std::string(body_text) + R"("})";
  return "POST /api/v1/rooms/" + to_text(numbered_room(1)) +
         "/messages HTTP/1.1\r\nHost: chat.example.org\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) "
         "Gecko/20100101 Firefox/128.0\r\nAccept: */*\r\nAccept-Language: en-GB,en;q=0.5\r\nAccept-Encoding: gzip, "
         "deflate, br\r\nContent-Type: application/json\r\nAuthorization: Bearer " +
         std::string(300, 'x') + "\r\nOrigin: https://chat.example.org\r\nConnection: keep-alive\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

class read_request {
public:
  std::size_t operator()() {
    std::memcpy(in_.space(bytes_.size()).data(), bytes_.data(), bytes_.size());
    in_.filled(bytes_.size());
    auto last = progress::head;
    while (last == progress::head) last = reader_.advance(in_);
    PALABRE_ASSERT(last == progress::complete);
    const std::size_t body_bytes = reader_.current().wanted.body.size();
    reader_.reset();
    return body_bytes;
  }

private:
  using progress = http::request_reader::progress;

  const std::string bytes_ = post_request();
  http::receive_buffer in_;
  http::request_reader reader_;
};

const registration request_reading_registered[] = {
    measure<read_request>("http/server/read_request").gated(2'000),
};

} // namespace
} // namespace palabre::micro
