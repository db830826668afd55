#include "breaking_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace palabre::testing {
namespace {

constexpr std::string_view mark = "pbm-"; // at the start of each message of a load

sockaddr_in loopback(unsigned short port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

int connect_to(unsigned short port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return socket;
  ::close(socket);
  return -1;
}

/// Where a frame's payload begins and where the frame ends; end 0: it is not whole yet.
struct extent {
  std::size_t payload = 0, end = 0;
};
extent first_frame(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
  if (bytes.size() < 2) return {};
  std::size_t length = at(1) & 127, head = 2;
  const std::size_t more = length == 126 ? 2 : length == 127 ? 8 : 0;
  if (bytes.size() < head + more) return {};
  if (more) length = 0;
  for (; head < 2 + more; ++head) length = length << 8 | at(head);
  return bytes.size() < head + length ? extent{} : extent{head, head + length};
}

std::string text_frame(std::string_view payload) {
  std::string frame = "\x81";
  const unsigned more = payload.size() < 126 ? 0 : payload.size() < 65536 ? 2 : 8;
  frame += static_cast<char>(more == 0 ? payload.size() : more == 2 ? 126 : 127);
  for (unsigned i = more; i-- > 0;) frame += static_cast<char>(payload.size() >> (8 * i));
  return frame.append(payload);
}

} // namespace

struct breaking_proxy::link {
  int client, server;
  std::string to_client, to_server; ///< what has yet to be sent
  std::string rest;                 ///< of the server's, not whole yet
  std::string held;                 ///< a frame that waits for the next, to come after it
  bool has_head = false, has_frames = false, is_over = false;
};

breaking_proxy::breaking_proxy(unsigned short server_port, fault what)
    : server_port_(server_port), fault_(what), listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      stop_(::eventfd(0, EFD_CLOEXEC)) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* as_any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listening_, as_any, size) != 0 || ::listen(listening_, 1024) != 0 ||
      ::getsockname(listening_, as_any, &size) != 0)
    throw std::runtime_error("the proxy cannot listen");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { work(); });
}

breaking_proxy::~breaking_proxy() {
  ::eventfd_write(stop_, 1);
  thread_.join();
  for (const auto& each : links_) {
    ::close(each->client);
    ::close(each->server);
  }
  ::close(listening_);
  ::close(stop_);
}

void breaking_proxy::work() {
  for (;;) {
    std::vector<pollfd> wanted{{stop_, POLLIN, 0}, {listening_, POLLIN, 0}};
    for (const auto& each : links_) {
      const auto events = [](const std::string& out) {
        return static_cast<short>(POLLIN | (out.empty() ? 0 : POLLOUT));
      };
      wanted.push_back({each->client, events(each->to_client), 0});
      wanted.push_back({each->server, events(each->to_server), 0});
    }
    if (::poll(wanted.data(), wanted.size(), -1) < 0 && errno != EINTR) return;
    if (wanted[0].revents) return;
    for (std::size_t i = 2; i < wanted.size(); ++i)
      if (wanted[i].revents) move_bytes(*links_[(i - 2) / 2], i % 2 == 1);
    if (wanted[1].revents) accept();
    std::erase_if(links_, [](const auto& each) {
      if (!each->is_over) return false;
      ::close(each->client);
      ::close(each->server);
      return true;
    });
  }
}

void breaking_proxy::accept() {
  const int client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  const int on = 1;
  ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const int server = connect_to(server_port_);
  if (server < 0) {
    ::close(client);
    return;
  }
  auto between = std::make_unique<link>();
  between->client = client;
  between->server = server;
  links_.push_back(std::move(between));
}

/// Takes what one side has, and gives both what is there for them. The end of one is the end of both.
void breaking_proxy::move_bytes(link& between, bool from_server) {
  std::array<char, 64 * 1024> buffer;
  const int from = from_server ? between.server : between.client;
  const ssize_t n = ::recv(from, buffer.data(), buffer.size(), MSG_DONTWAIT);
  between.is_over = between.is_over || n == 0 || (n < 0 && errno != EAGAIN);
  const std::string_view bytes(buffer.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
  if (from_server) {
    between.rest += bytes;
    take_from_server(between);
  } else {
    between.to_server += bytes;
  }
  const auto give = [](int to, std::string& what) {
    const ssize_t sent = ::send(to, what.data(), what.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) what.erase(0, static_cast<std::size_t>(sent));
  };
  give(between.client, between.to_client);
  give(between.server, between.to_server);
}

void breaking_proxy::take_from_server(link& between) {
  std::string& rest = between.rest;
  if (!between.has_head) {
    const auto end = rest.find("\r\n\r\n");
    if (end == std::string::npos) return;
    between.has_head = true;
    between.has_frames = rest.starts_with("HTTP/1.1 101");
    between.to_client += rest.substr(0, end + 4);
    rest.erase(0, end + 4);
  }
  if (!between.has_frames) between.to_client += std::exchange(rest, {});
  std::size_t taken = 0;
  while (true) {
    const std::string_view left = std::string_view(rest).substr(taken);
    const extent frame = first_frame(left);
    if (frame.end == 0) break;
    pass(between, left.substr(0, frame.end), left.substr(frame.payload, frame.end - frame.payload));
    taken += frame.end;
  }
  rest.erase(0, taken);
}

void breaking_proxy::pass(link& between, std::string_view frame, std::string_view payload) {
  const bool has_message = payload.find(mark) != std::string_view::npos;
  if (has_message && fault_.in == fault::place::pushes && payload.starts_with(R"({"push")"))
    return pass_push(between, frame);
  if (has_message && fault_.in == fault::place::recoveries && payload.find(R"("recovered":true)") != payload.npos)
    between.to_client += text_frame(with_broken_publications(payload));
  else
    between.to_client += frame;
}

/// `may`: not within a swap.
bool breaking_proxy::strikes_now(bool may) {
  const std::uint64_t n = ++deliveries_;
  const bool is_meant =
      n == fault_.first || (fault_.every && n > fault_.first && (n - fault_.first) % fault_.every == 0);
  if (fault_.what == fault::kind::none || !is_meant || !may) return false;
  ++strikes_;
  return true;
}

void breaking_proxy::pass_push(link& between, std::string_view frame) {
  const bool strikes = strikes_now(between.held.empty());
  if (strikes && fault_.what == fault::kind::drop) return;
  if (strikes && fault_.what == fault::kind::swap) {
    between.held = frame;
    return;
  }
  between.to_client += frame;
  if (strikes && fault_.what == fault::kind::stray) {
    char& sender = between.to_client[between.to_client.rfind("pbm-") + 11];
    sender = sender == '0' ? '1' : '0';
  } else if (strikes) {
    between.to_client += frame;
  }
  between.to_client += std::exchange(between.held, {});
}

/// The publications stand at the end of the answer, and none has what parts them in its text.
std::string breaking_proxy::with_broken_publications(std::string_view payload) {
  constexpr std::string_view begin = R"("publications":[)", end = "]}}", border = R"(,{"data":{)";
  const auto first = payload.find(begin) + begin.size();
  const std::string_view all = payload.substr(first, payload.size() - end.size() - first);
  std::vector<std::string_view> passed;
  std::string_view held;
  for (std::size_t from = 0; from < all.size();) {
    const auto to = std::min(all.find(border, from + 1), all.size());
    const std::string_view one = all.substr(from, to - from);
    from = to + 1;
    const bool strikes = strikes_now(held.empty());
    if (strikes && fault_.what == fault::kind::swap) {
      held = one;
      continue;
    }
    if (!strikes || fault_.what == fault::kind::repeat) passed.push_back(one);
    if (strikes && fault_.what == fault::kind::repeat) passed.push_back(one);
    if (!held.empty()) passed.push_back(std::exchange(held, {}));
  }
  std::string broken(payload.substr(0, first));
  for (const auto each : passed) broken.append(broken.ends_with('[') ? "" : ",").append(each);
  return broken.append(end);
}

} // namespace palabre::testing
