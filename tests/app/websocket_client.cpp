#include "websocket_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include <deque>
#include <stdexcept>

namespace palabre::testing {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

struct websocket_client::state {
  asio::io_context context;
  beast::websocket::stream<tcp::socket> stream{context};
  beast::flat_buffer buffer;
  std::deque<http_answer> lines; ///< read, not yet taken
  bool ended = false;
  std::uint32_t last_id = 0;
};

websocket_client::websocket_client(unsigned short port, std::string_view path) : state_(std::make_unique<state>()) {
  state_->stream.next_layer().connect({asio::ip::make_address("127.0.0.1"), port});
  state_->stream.next_layer().set_option(tcp::no_delay(true));
  state_->stream.handshake("127.0.0.1:" + std::to_string(port), {path.data(), path.size()});
}
websocket_client::~websocket_client() = default;
websocket_client::websocket_client(websocket_client&&) noexcept = default;

void websocket_client::send(std::string_view text) {
  boost::system::error_code ended; // found out by reading
  state_->stream.text(true);
  state_->stream.write(asio::buffer(text.data(), text.size()), ended);
}

void websocket_client::send_raw(std::string_view bytes) {
  boost::system::error_code ended;
  asio::write(state_->stream.next_layer(), asio::buffer(bytes.data(), bytes.size()), ended);
}

/// Reads one message and cuts it into lines.
void websocket_client::read() {
  std::optional<boost::system::error_code> done;
  state_->stream.async_read(state_->buffer, [&](boost::system::error_code failed, std::size_t) { done = failed; });
  state_->context.restart();
  state_->context.run_for(patience);
  if (!done) throw std::runtime_error("nothing came in time");
  if (*done) {
    state_->ended = true;
    return;
  }
  const std::string text = beast::buffers_to_string(state_->buffer.data());
  state_->buffer.clear();
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    if (line == "{}" && answers_pings)
      send("{}");
    else
      state_->lines.emplace_back().body = std::move(line);
  }
}

std::optional<http_answer> websocket_client::next() {
  while (state_->lines.empty() && !state_->ended) read();
  if (state_->lines.empty()) return std::nullopt;
  http_answer line = std::move(state_->lines.front());
  state_->lines.pop_front();
  return line;
}

std::optional<http_answer> websocket_client::take_if(std::string_view pointer) {
  std::size_t seen = 0;
  return take_behind(seen, pointer);
}

/// Looks at lines behind the first `seen`, and counts them there.
std::optional<http_answer> websocket_client::take_behind(std::size_t& seen, std::string_view pointer) {
  for (; seen < state_->lines.size(); ++seen) {
    const auto at = state_->lines.begin() + static_cast<std::ptrdiff_t>(seen);
    if (!at->has(pointer)) continue;
    http_answer line = std::move(*at);
    state_->lines.erase(at);
    return line;
  }
  return std::nullopt;
}

http_answer websocket_client::next_behind(std::size_t& seen, std::string_view pointer) {
  while (true) {
    if (auto line = take_behind(seen, pointer)) return std::move(*line);
    if (state_->ended) {
      const websocket_end why = end();
      throw std::runtime_error("the connection ended (" + std::to_string(why.code) + ' ' + why.reason + ") before " +
                               std::string(pointer));
    }
    read();
  }
}

http_answer websocket_client::next_with(std::string_view pointer) {
  std::size_t seen = 0;
  return next_behind(seen, pointer);
}

http_answer websocket_client::ask(std::string_view body) {
  const std::string id = std::to_string(++state_->last_id);
  std::size_t seen = state_->lines.size(); // none of which can be the reply
  send(R"({"id":)" + id + ',' + std::string(body) + '}');
  while (true) {
    http_answer reply = next_behind(seen, "/id");
    if (reply.json("/id") == id) return reply;
  }
}

websocket_end websocket_client::end() {
  while (!state_->ended) read();
  const auto& why = state_->stream.reason();
  return {why.code, std::string(why.reason.data(), why.reason.size())};
}

void websocket_client::close() {
  boost::system::error_code ended;
  state_->stream.close(beast::websocket::close_code::normal, ended);
  state_->ended = true;
}

} // namespace palabre::testing
