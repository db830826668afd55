#include "bench/load/sink_server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace palabre::bench {
namespace {

/// The answer to the key of bench/load/websocket.cpp.
constexpr std::string_view welcome = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                     "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
constexpr std::string_view ack = "\x81\x12queued messages: 1";
static_assert(ack.size() == 2 + 0x12);

} // namespace

struct sink_server::room {
  std::vector<peer*> listeners;
  std::string said; ///< in this turn, as frames
};

struct sink_server::peer {
  int socket;
  room* in = nullptr; ///< null until the handshake is through
  bool posts = false;
  std::size_t place = 0;   ///< of a listener, in its room
  std::size_t unacked = 0; ///< of who posts, in this turn
  std::string rest, out;   ///< received and not whole; not taken by the socket
  bool is_held_up = false;
};

sink_server::sink_server(int listening)
    : listening_(listening), epoll_(::epoll_create1(EPOLL_CLOEXEC)), buffer_(256 * 1024) {
  epoll_event wanted{EPOLLIN, {.ptr = nullptr}};
  if (epoll_ < 0 || ::epoll_ctl(epoll_, EPOLL_CTL_ADD, listening_, &wanted) != 0)
    throw std::runtime_error("the sink has no epoll");
}

sink_server::~sink_server() {
  for (const auto& [socket, who] : peers_) ::close(socket);
  ::close(epoll_);
}

void sink_server::serve() {
  std::array<epoll_event, 1024> events;
  for (;;) {
    const int n = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < n; ++i) {
      const epoll_event& each = events[static_cast<std::size_t>(i)];
      auto* who = static_cast<peer*>(each.data.ptr);
      if (!who) {
        accept_all();
        continue;
      }
      if (each.events & EPOLLOUT) send_rest(*who);
      if ((each.events & ~std::uint32_t{EPOLLOUT}) && !(who->posts && kept_ > kept_max)) readable(*who);
    }
    deliver();
  }
}

void sink_server::accept_all() {
  for (int socket; (socket = ::accept4(listening_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto who = std::make_unique<peer>();
    who->socket = socket;
    epoll_event wanted{EPOLLIN, {.ptr = who.get()}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &wanted);
    peers_[socket] = std::move(who);
  }
}

void sink_server::readable(peer& from) {
  const std::size_t had = from.rest.size();
  std::memcpy(buffer_.data(), from.rest.data(), had);
  const ssize_t n = ::recv(from.socket, buffer_.data() + had, buffer_.size() - had, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) return leave(from);
  const std::string_view bytes(buffer_.data(), had + static_cast<std::size_t>(n));
  const std::size_t taken = from.in ? hear(from, bytes) : shake(from, bytes);
  from.rest.assign(bytes.substr(taken));
}

/// `GET /pub/ROOM HTTP/1.1` or `GET /sub/ROOM HTTP/1.1`, and whatever else.
std::size_t sink_server::shake(peer& from, std::string_view bytes) {
  constexpr std::size_t name_at = std::string_view("GET /pub/").size();
  const auto head = bytes.find("\r\n\r\n");
  if (head == std::string_view::npos || head < name_at) return 0;
  auto& found = rooms_[std::string(bytes.substr(name_at, bytes.find(' ', name_at) - name_at))];
  if (!found) found = std::make_unique<room>();
  from.in = found.get();
  from.posts = bytes.starts_with("GET /pub/");
  if (!from.posts) {
    from.place = found->listeners.size();
    found->listeners.push_back(&from);
  }
  send(from, welcome);
  return head + 4;
}

/// Takes the mask of zeros out of the head, and passes the frame on.
std::size_t sink_server::hear(peer& from, std::string_view bytes) {
  if (!from.posts) return bytes.size();
  std::size_t at = 0;
  for (;;) {
    const std::string_view left = bytes.substr(at);
    if (left.size() < 2) return at;
    std::size_t length = static_cast<unsigned char>(left[1]) & 127u, head = 2;
    if (length == 126) {
      if (left.size() < 4) return at;
      head = 4;
      length = static_cast<std::size_t>(static_cast<unsigned char>(left[2])) << 8 | static_cast<unsigned char>(left[3]);
    }
    if (left.size() < head + 4 + length) return at;
    std::string& said = from.in->said;
    if (said.empty()) loud_.push_back(from.in);
    said += left[0];
    said += static_cast<char>(left[1] & 127);
    said += left.substr(2, head - 2);
    said += left.substr(head + 4, length);
    if (from.unacked++ == 0) to_ack_.push_back(&from);
    at += head + 4 + length;
  }
}

void sink_server::deliver() {
  for (room* each : loud_) {
    for (peer* to : each->listeners) send(*to, each->said);
    each->said.clear();
  }
  loud_.clear();
  std::string acks;
  for (peer* each : to_ack_) {
    for (acks.clear(); each->unacked > 0; --each->unacked) acks += ack;
    send(*each, acks);
  }
  to_ack_.clear();
}

void sink_server::send(peer& to, std::string_view bytes) {
  if (to.out.empty()) {
    const ssize_t n = ::send(to.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) return; // reading ends it
    if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
    if (bytes.empty()) return;
  }
  to.out += bytes;
  kept_ += bytes.size();
  if (!to.is_held_up) watch(to, to.is_held_up = true);
}

void sink_server::send_rest(peer& to) {
  const std::string waiting = std::move(to.out);
  to.out.clear();
  kept_ -= waiting.size();
  send(to, waiting);
  if (to.out.empty()) watch(to, to.is_held_up = false);
}

void sink_server::watch(peer& who, bool for_writing) {
  epoll_event wanted{EPOLLIN | (for_writing ? EPOLLOUT : 0u), {.ptr = &who}};
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, who.socket, &wanted);
}

/// Requires: called for the peer's own event, the only one that a turn has for it.
void sink_server::leave(peer& gone) {
  kept_ -= gone.out.size();
  if (gone.in && !gone.posts) {
    auto& listeners = gone.in->listeners;
    listeners[gone.place] = listeners.back();
    listeners[gone.place]->place = gone.place;
    listeners.pop_back();
  }
  std::erase(to_ack_, &gone);
  const int socket = gone.socket;
  ::close(socket);
  peers_.erase(socket);
}

} // namespace palabre::bench
