#include "stream_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <stdexcept>

namespace palabre::testing {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

std::string get_request(std::string_view target, std::string_view more) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + std::string(more) + "\r\n";
}

std::string post_request(std::string_view target, std::string_view body, std::string_view more) {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" +
         "Content-Length: " + std::to_string(body.size()) + "\r\n" + std::string(more) + "\r\n" + std::string(body);
}

std::string url_encoded(std::string_view text) {
  return escaped(text);
}

struct stream_client::state {
  asio::io_context context;
  tcp::socket socket{context};
  std::string head, raw, text; ///< raw: not taken apart yet; text: what the chunks held
  std::string preamble;
  bool closed = false, was_reset = false, last_chunk = false, begun = false;

  bool is_event_stream() const { return head.find("Content-Type: text/event-stream") != std::string::npos; }

  /// False: the peer has closed.
  bool receive();
  void read_head();
  bool take_chunk();
  bool read_chunk();
  std::optional<std::string> take_block(std::string_view end);
};

bool stream_client::state::receive() {
  if (closed) return false;
  std::array<char, 16 * 1024> bytes;
  std::optional<boost::system::error_code> done;
  std::size_t count = 0;
  socket.async_read_some(asio::buffer(bytes), [&](boost::system::error_code failed, std::size_t n) {
    done = failed;
    count = n;
  });
  context.restart();
  context.run_for(patience);
  if (!done) throw std::runtime_error("nothing came in time; so far: " + head + raw);
  raw.append(bytes.data(), count);
  closed = done->failed();
  was_reset = closed && *done != asio::error::eof;
  return count > 0;
}

void stream_client::state::read_head() {
  std::size_t end = 0;
  while ((end = raw.find("\r\n\r\n")) == std::string::npos)
    if (!receive()) throw std::runtime_error("the connection ended before the answer: " + raw);
  head = raw.substr(0, end + 2);
  raw.erase(0, end + 4);
}

/// False: more bytes are needed.
bool stream_client::state::take_chunk() {
  const std::size_t line_end = raw.find("\r\n");
  if (line_end == std::string::npos) return false;
  std::size_t digits = 0;
  const std::size_t size = std::stoul(raw.substr(0, line_end), &digits, 16);
  if (digits != line_end) throw std::runtime_error("a chunk's size is not a number: " + raw.substr(0, 40));
  if (raw.size() < line_end + 2 + size + 2) return false;
  if (raw.compare(line_end + 2 + size, 2, "\r\n") != 0) throw std::runtime_error("a chunk does not end: " + raw);
  text += raw.substr(line_end + 2, size);
  raw.erase(0, line_end + 2 + size + 2);
  last_chunk = size == 0;
  return true;
}

/// False: there is none any more.
bool stream_client::state::read_chunk() {
  while (!last_chunk && !take_chunk())
    if (!receive()) return false;
  return !last_chunk;
}

std::optional<std::string> stream_client::state::take_block(std::string_view end) {
  std::size_t at = 0;
  while ((at = text.find(end)) == std::string::npos)
    if (!read_chunk()) return std::nullopt;
  std::string block = text.substr(0, at);
  text.erase(0, at + end.size());
  return block;
}

stream_client::stream_client(unsigned short port, std::string_view request) : state_(std::make_unique<state>()) {
  state_->socket.connect({asio::ip::make_address("127.0.0.1"), port});
  state_->socket.set_option(tcp::no_delay(true));
  send(request);
  state_->read_head();
}
stream_client::~stream_client() = default;
stream_client::stream_client(stream_client&&) noexcept = default;

int stream_client::status() const {
  return std::stoi(state_->head.substr(9, 3));
}

std::string stream_client::header(std::string_view name) const {
  const std::string& head = state_->head;
  const std::string key = "\r\n" + std::string(name) + ": ";
  const std::size_t at = head.find(key);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + key.size();
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

std::string stream_client::body() {
  const std::size_t size = std::stoul(header("Content-Length"));
  while (state_->raw.size() < size && state_->receive()) {
  }
  std::string all = state_->raw.substr(0, size);
  state_->raw.erase(0, size);
  return all;
}

std::optional<stream_message> stream_client::next() {
  state& s = *state_;
  stream_message message;
  if (!s.is_event_stream()) {
    auto line = s.take_block("\n");
    if (!line) return std::nullopt;
    message.data = std::move(*line);
    return message;
  }
  if (!std::exchange(s.begun, true)) {
    while (s.text.size() < 2 && s.read_chunk()) {
    }
    if (s.text.starts_with("\r\n")) s.preamble = std::exchange(s.text, s.text.substr(2)).substr(0, 2);
  }
  auto block = s.take_block("\n\n");
  if (!block) return std::nullopt;
  for (std::size_t begin = 0; begin <= block->size();) {
    const std::size_t end = std::min(block->find('\n', begin), block->size());
    const std::string line = block->substr(begin, end - begin);
    begin = end + 1;
    const auto value_of = [&](std::string_view field) { return line.substr(field.size()); };
    if (line.starts_with("id: "))
      message.id = value_of("id: ");
    else if (line.starts_with("event: "))
      message.event = value_of("event: ");
    else if (line.starts_with("data: "))
      message.data += value_of("data: ");
    else if (line.starts_with(":"))
      message.is_comment = true;
    else
      throw std::runtime_error("no field of an event: " + line);
  }
  return message;
}

http_answer stream_client::next_with(std::string_view pointer) {
  while (auto message = next()) {
    if (message->data.empty()) continue;
    http_answer json = message->json();
    if (json.has(pointer)) return json;
  }
  throw std::runtime_error("the stream ended before " + std::string(pointer));
}

bool stream_client::ends_in_order() {
  while (next()) {
  }
  if (!state_->last_chunk) return false;
  while (state_->receive()) {
  }
  return state_->raw.empty() && !state_->was_reset;
}

std::string stream_client::preamble() const {
  return state_->preamble;
}

void stream_client::send(std::string_view bytes) {
  boost::system::error_code ended; // found out by reading
  asio::write(state_->socket, asio::buffer(bytes.data(), bytes.size()), ended);
}

void stream_client::end_sending() {
  state_->socket.shutdown(tcp::socket::shutdown_send);
}

} // namespace palabre::testing
