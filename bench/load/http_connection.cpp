#include "bench/load/http_connection.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

namespace palabre::bench {

namespace {

constexpr std::size_t head_bytes_max = 64 * 1024;

bool equal_without_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != lower[i]) return false;
  }
  return true;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// The first digits of `text` as a number; nothing if there is none.
std::optional<std::size_t> read_number(std::string_view text, int base) {
  std::size_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (failed != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

} // namespace

std::string_view http_answer::field(std::string_view lower_name) const {
  std::string_view rest = head;
  for (auto end = rest.find("\r\n"); end != std::string_view::npos; end = rest.find("\r\n")) {
    rest.remove_prefix(end + 2);
    const auto line = rest.substr(0, rest.find("\r\n"));
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && equal_without_case(line.substr(0, colon), lower_name))
      return trimmed(line.substr(colon + 1));
  }
  return {};
}

/// What the lines above a body say about it.
struct http_connection::head {
  std::string_view lines;
  unsigned status = 0;
  std::optional<std::size_t> length;
  bool chunked = false;
  bool last = false;

  bool has_body() const { return status != 204 && status != 304; }

  static std::optional<head> read(std::string_view text) {
    if (!text.starts_with("HTTP/1.") || text.size() < 12) return std::nullopt;
    const auto status = read_number(text.substr(9, 3), 10);
    if (!status) return std::nullopt;
    head found;
    found.lines = text;
    found.status = static_cast<unsigned>(*status);
    found.last = text[7] == '0'; // unless it says otherwise
    for (auto end = text.find("\r\n"); end != std::string_view::npos; end = text.find("\r\n")) {
      text.remove_prefix(end + 2);
      found.take_line(text.substr(0, text.find("\r\n")));
    }
    return found;
  }

  void take_line(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const auto name = line.substr(0, colon), value = trimmed(line.substr(colon + 1));
    if (equal_without_case(name, "content-length"))
      length = read_number(value, 10);
    else if (equal_without_case(name, "transfer-encoding"))
      chunked = equal_without_case(value, "chunked");
    else if (equal_without_case(name, "connection"))
      last = equal_without_case(value, "close") || (last && !equal_without_case(value, "keep-alive"));
  }
};

namespace {

constexpr std::size_t broken = std::string_view::npos;

/// Puts chunks together. Answers how many bytes they and their end take; 0 if the end has not come yet.
std::size_t join_chunks(std::string_view bytes, std::string& into) {
  into.clear();
  std::size_t at = 0;
  for (;;) {
    const auto line = bytes.find("\r\n", at);
    if (line == std::string_view::npos) return 0;
    const auto size = read_number(bytes.substr(at, line - at), 16);
    if (!size || *size > http_connection::answer_bytes_max) return broken;
    at = line + 2;
    if (*size == 0) break;
    if (bytes.size() - at < *size + 2) return 0;
    into += bytes.substr(at, *size);
    if (bytes.substr(at + *size, 2) != "\r\n") return broken;
    at += *size + 2;
  }
  for (;;) { // trailers, and an empty line
    const auto line = bytes.find("\r\n", at);
    if (line == std::string_view::npos) return 0;
    if (line == at) return at + 2;
    at = line + 2;
  }
}

} // namespace

http_connection::http_connection(loop& work, events& tell) : loop_(work), tell_(tell) {}

http_connection::~http_connection() {
  cut();
}

void http_connection::open(const endpoint& to) {
  cut();
  state_ = state::connecting;
  socket_ = ::socket(to.address.data()->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return end("cannot make a socket: " + std::string(std::strerror(errno)));
  if (::connect(socket_, to.address.data(), static_cast<socklen_t>(to.address.size())) != 0 && errno != EINPROGRESS)
    return end("cannot connect: " + std::string(std::strerror(errno)));
  loop_.watch(socket_, *this, true);
}

void http_connection::ready() {
  if (state_ == state::idle) return; // cut in the same round of the loop
  loop_.tick();
  if (state_ == state::connecting) return connected();
  if (is_held_up_) write_rest();
  readable();
}

void http_connection::connected() {
  int failed = 0;
  socklen_t size = sizeof failed;
  ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &failed, &size);
  if (failed) return end("cannot connect: " + std::string(std::strerror(failed)));
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  state_ = state::open;
  loop_.rewatch(socket_, *this, false);
  tell_.opened();
}

void http_connection::readable() {
  const auto buffer = loop_.buffer();
  const auto turn = turn_;
  for (;;) {
    const ssize_t n = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (n == 0) return end("closed by the server");
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (n < 0) return end(std::strerror(errno));
    take({buffer.data(), static_cast<std::size_t>(n)});
    if (turn != turn_) return;
    if (static_cast<std::size_t>(n) < buffer.size()) return; // empty, most likely; if not, the loop calls again
  }
}

void http_connection::take(std::string_view bytes) {
  const auto turn = turn_;
  if (rest_.empty()) {
    const std::size_t taken = take_answers(bytes);
    if (turn == turn_) rest_.assign(bytes.substr(taken));
    return;
  }
  rest_ += bytes;
  if (rest_.size() < needed_) return;
  const std::size_t taken = take_answers(rest_);
  if (turn != turn_) return;
  rest_.erase(0, taken);
  if (rest_.size() > answer_bytes_max) end("sent an answer above " + std::to_string(answer_bytes_max) + " bytes");
}

std::size_t http_connection::take_answers(std::string_view bytes) {
  const auto turn = turn_;
  std::size_t from = 0;
  while (from < bytes.size()) {
    needed_ = 0;
    const std::size_t taken = take_one(bytes.substr(from));
    if (turn != turn_ || taken == 0) break;
    from += taken;
  }
  return from;
}

/// Answers how many bytes it took; 0: it is not all there yet, or the connection ended.
std::size_t http_connection::take_one(std::string_view bytes) {
  const auto empty_line = bytes.find("\r\n\r\n");
  if (empty_line == std::string_view::npos) {
    if (bytes.size() > head_bytes_max) end("sent a head above " + std::to_string(head_bytes_max) + " bytes");
    return 0;
  }
  const auto of = head::read(bytes.substr(0, empty_line));
  if (!of) {
    end("sent no HTTP: " + std::string(bytes.substr(0, std::min<std::size_t>(40, empty_line))));
    return 0;
  }
  const std::size_t body_at = empty_line + 4;
  if (of->status < 200) return body_at; // 100: the answer itself comes behind
  if (of->has_body() && of->chunked) {
    const std::size_t taken = join_chunks(bytes.substr(body_at), body_);
    if (taken == broken) end("sent chunks without their sizes");
    if (taken == broken || taken == 0) return 0;
    return give(*of, body_, body_at + taken);
  }
  if (of->has_body() && !of->length) {
    end("sent an answer without a length");
    return 0;
  }
  const std::size_t length = of->has_body() ? *of->length : 0;
  if (length > answer_bytes_max) {
    end("sent an answer above " + std::to_string(answer_bytes_max) + " bytes");
    return 0;
  }
  needed_ = body_at + length;
  if (bytes.size() < needed_) return 0;
  return give(*of, bytes.substr(body_at, length), body_at + length);
}

std::size_t http_connection::give(const head& of, std::string_view body, std::size_t whole_bytes) {
  if (awaited_ == 0) {
    end("sent an answer that nobody asked for");
    return 0;
  }
  --awaited_;
  const auto turn = turn_;
  tell_.answered({of.status, of.lines, body, of.last});
  if (of.last && turn == turn_) cut();
  return whole_bytes;
}

void http_connection::send(std::string_view requests, unsigned count) {
  if (state_ != state::open) return;
  awaited_ += count;
  write(requests);
}

void http_connection::write(std::string_view bytes) {
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

void http_connection::write_rest() {
  const std::string waiting = std::move(out_);
  out_.clear();
  is_held_up_ = false;
  write(waiting);
  if (!is_held_up_) loop_.rewatch(socket_, *this, false);
}

void http_connection::cut() {
  ++turn_;
  state_ = state::idle;
  awaited_ = 0;
  needed_ = 0;
  is_held_up_ = false;
  rest_.clear();
  out_.clear();
  if (socket_ < 0) return;
  // A reset instead of a farewell: it leaves no port waiting, however many connections come and go.
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(socket_);
  socket_ = -1;
}

void http_connection::end(std::string_view why) {
  cut();
  tell_.closed(why);
}

} // namespace palabre::bench
