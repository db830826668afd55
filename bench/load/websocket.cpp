#include "bench/load/websocket.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace palabre::bench {

websocket::websocket(loop& work, events& tell) : loop_(work), tell_(tell) {}

websocket::~websocket() {
  cut();
}

void websocket::open(const endpoint& to, std::string_view path, std::string_view subprotocol) {
  hello_ = "GET " + std::string(path) + " HTTP/1.1\r\nHost: " + to.host + ":" + std::to_string(to.port) +
           "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  if (!subprotocol.empty()) hello_ += "Sec-WebSocket-Protocol: " + std::string(subprotocol) + "\r\n";
  hello_ += "\r\n";
  rest_.clear(); // of an earlier connection
  parts_.clear();
  out_.clear();
  is_held_up_ = false;
  state_ = state::connecting;
  socket_ = ::socket(to.address.data()->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return end("cannot make a socket: " + std::string(std::strerror(errno)));
  if (::connect(socket_, to.address.data(), static_cast<socklen_t>(to.address.size())) != 0 && errno != EINPROGRESS)
    return end("cannot connect: " + std::string(std::strerror(errno)));
  loop_.watch(socket_, *this, true);
}

void websocket::ready() {
  loop_.tick();
  if (state_ == state::connecting) return connected();
  if (is_held_up_) write_rest();
  readable();
}

void websocket::connected() {
  int failed = 0;
  socklen_t size = sizeof failed;
  ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &failed, &size);
  if (failed) return end("cannot connect: " + std::string(std::strerror(failed)));
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  state_ = state::shaking;
  loop_.rewatch(socket_, *this, false);
  write(hello_);
  hello_ = {};
}

void websocket::readable() {
  const auto buffer = loop_.buffer();
  while (state_ == state::shaking || state_ == state::open) {
    // What is left of a frame goes to the front; it is rare, and small beside what follows.
    const std::size_t had = rest_.size();
    if (had >= buffer.size()) return end("sent a frame that does not fit into " + std::to_string(buffer.size()));
    std::memcpy(buffer.data(), rest_.data(), had);
    const ssize_t n = ::recv(socket_, buffer.data() + had, buffer.size() - had, 0);
    if (n == 0) return end("closed by the server");
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (n < 0) return end(std::strerror(errno));
    const std::size_t have = had + static_cast<std::size_t>(n);
    const std::size_t taken = take({buffer.data(), have});
    rest_.assign(buffer.data() + taken, have - taken);
    if (have < buffer.size()) break; // the socket is empty, most likely; if not, ready() comes again
  }
}

std::size_t websocket::take(std::string_view bytes) {
  std::size_t taken = 0;
  if (state_ == state::shaking) taken = take_handshake(bytes);
  if (state_ == state::open) taken += take_frames(bytes.substr(taken));
  return taken;
}

std::size_t websocket::take_handshake(std::string_view bytes) {
  const auto head = bytes.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  if (!bytes.starts_with("HTTP/1.1 101")) {
    end("refused the handshake: " + std::string(bytes.substr(0, bytes.find("\r\n"))));
    return bytes.size();
  }
  state_ = state::open;
  tell_.opened();
  return head + 4;
}

std::size_t websocket::take_frames(std::string_view bytes) {
  std::size_t from = 0;
  while (state_ == state::open) {
    const std::size_t have = bytes.size() - from;
    if (have < 2) break;
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data() + from);
    std::size_t length = at[1] & 127u, head = 2;
    const std::size_t more = length == 126 ? 2 : length == 127 ? 8 : 0;
    if (more) {
      head += more;
      if (have < head) break;
      length = 0;
      for (std::size_t i = 2; i < head; ++i) length = length << 8 | at[i];
    }
    if (have - head < length) break;
    take_frame(at[0] & 15u, (at[0] & 128u) != 0, bytes.substr(from + head, length));
    from += head + length;
  }
  return from;
}

void websocket::take_frame(unsigned opcode, bool final, std::string_view payload) {
  if (opcode == 8) {
    const auto code = payload.size() < 2 ? 0u
                                         : static_cast<unsigned>(static_cast<unsigned char>(payload[0])) << 8 |
                                               static_cast<unsigned char>(payload[1]);
    return end("closed with " + std::to_string(code) + " " +
               std::string(payload.substr(std::min<std::size_t>(2, payload.size()))));
  }
  if (opcode == 9) {
    std::string pong{'\x8a', static_cast<char>(0x80 | payload.size())};
    pong.append(4, '\0');
    pong += payload;
    return write(pong);
  }
  if (opcode > 2) return;
  if (final && opcode != 0) return tell_.received(payload);
  parts_ += payload;
  if (!final) return;
  const std::string whole = std::move(parts_);
  parts_.clear();
  tell_.received(whole);
}

void websocket::send(std::string_view message, bool binary) {
  if (state_ != state::open) return;
  char head[14];
  std::size_t n = 0;
  head[n++] = binary ? '\x82' : '\x81';
  if (message.size() < 126) {
    head[n++] = static_cast<char>(0x80 | message.size());
  } else {
    const unsigned bytes = message.size() < 65536 ? 2 : 8;
    head[n++] = static_cast<char>(bytes == 2 ? 0x80 | 126 : 0x80 | 127);
    for (unsigned i = bytes; i-- > 0;) head[n++] = static_cast<char>(message.size() >> (8 * i));
  }
  std::memset(head + n, 0, 4); // a mask of zeros leaves the payload as it is
  std::string frame(head, n + 4);
  frame += message;
  write(frame);
}

void websocket::write(std::string_view bytes) {
  if (state_ == state::closed) return;
  if (out_.empty() && !bytes.empty()) {
    const ssize_t n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return; // reading tells why
    if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  out_ += bytes;
  if (out_.empty() || is_held_up_) return;
  is_held_up_ = true;
  loop_.rewatch(socket_, *this, true);
}

void websocket::write_rest() {
  const std::string waiting = std::move(out_);
  out_.clear();
  is_held_up_ = false;
  write(waiting);
  if (!is_held_up_ && state_ != state::closed) loop_.rewatch(socket_, *this, false);
}

void websocket::cut() {
  state_ = state::closed;
  if (socket_ < 0) return;
  // A reset instead of a farewell: it leaves no port waiting, however many connections come and go.
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(socket_);
  socket_ = -1;
}

void websocket::end(std::string_view why) {
  if (state_ == state::closed) return;
  cut();
  tell_.closed(why);
}

} // namespace palabre::bench
