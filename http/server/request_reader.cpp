#include "http/server/request_reader.hpp"

#include "base/limits.hpp"
#include "http/server/refusals.hpp"
#include "http/server/request_parser.hpp"

#include <algorithm>
#include <optional>

namespace palabre::http {
namespace {

/// "GET / HTTP/2.0": a version of the right form that is not ours.
bool names_another_version(std::string_view head) {
  const auto line = head.substr(0, head.find("\r\n"));
  const auto version = line.substr(line.rfind(' ') + 1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) && version[6] == '.' &&
         is_digit(version[7]) && version != "HTTP/1.1" && version != "HTTP/1.0";
}

problem head_too_large(std::string_view head) {
  if (head.substr(0, limits::target_bytes_max).find("\r\n") == std::string_view::npos) return target_too_long();
  return headers_too_large();
}

/// Ends of lines that readers understand in different ways. Beast unfolds lines; RFC 9112 §5.2 lets a server refuse.
const char* fault_of_lines(std::string_view head) {
  for (auto at = head.find('\n'); at != std::string_view::npos; at = head.find('\n', at + 1)) {
    if (at == 0 || head[at - 1] != '\r') return "a line ends without CR";
    if (at + 1 < head.size() && (head[at + 1] == ' ' || head[at + 1] == '\t')) return "a header line is folded";
  }
  return nullptr;
}

} // namespace

struct request_reader::state {
  request current;
  problem refusal;
  std::optional<request_parser> parser; ///< from the end of the head on
  std::size_t searched = 0;             ///< bytes of the head that do not hold its end
  progress done = progress::more;       ///< complete and refused stay
  progress read_head(receive_buffer& in);
  progress read_body(receive_buffer& in);
  progress refuse(problem why) {
    refusal = std::move(why);
    return done = progress::refused;
  }
};

request_reader::request_reader() : state_(std::make_unique<state>()) {}
request_reader::~request_reader() = default;

request& request_reader::current() {
  return state_->current;
}
const problem& request_reader::refusal() const {
  return state_->refusal;
}

void request_reader::reset() {
  state_->parser.reset();
  state_->current = {};
  state_->searched = 0;
  state_->done = progress::more;
}

bool request_reader::begun(const receive_buffer& in) const {
  return state_->parser || !in.unread().empty();
}

std::size_t request_reader::appetite() const {
  constexpr std::size_t body_piece = 64 * 1024;
  return state_->parser ? std::min(body_piece, state_->parser->body_bytes_expected()) : receive_buffer::small / 2;
}

request_reader::progress request_reader::advance(receive_buffer& in) {
  if (state_->done != progress::more) return state_->done;
  return state_->parser ? state_->read_body(in) : state_->read_head(in);
}

request_reader::progress request_reader::state::read_head(receive_buffer& in) {
  // RFC 9112 §2.2: empty lines before a request are skipped; some clients end a body with one.
  while (searched == 0 && in.unread().starts_with("\r\n")) in.take(2);
  const auto bytes = in.unread();
  const auto end = bytes.find("\r\n\r\n", searched);
  const auto head = bytes.substr(0, end == std::string_view::npos ? end : end + 4);
  if (head.size() > limits::header_bytes_max) return refuse(head_too_large(head));
  if (end == std::string_view::npos) {
    // Lines that end in a bare LF never show the end that is looked for: said at once, not after a time-out.
    if (bytes.find("\n\n", searched) != std::string_view::npos) return refuse(malformed("a line ends without CR"));
    searched = bytes.size() < 3 ? 0 : bytes.size() - 3;
    return progress::more;
  }
  if (const char* fault = fault_of_lines(head)) return refuse(malformed(fault));
  parser.emplace(current);
  if (auto why = parser->read_head(head))
    return refuse(why->status == 400 && names_another_version(head) ? version_not_supported() : std::move(*why));
  in.take(head.size());
  if (!parser->done()) return progress::head;
  return done = progress::complete;
}

request_reader::progress request_reader::state::read_body(receive_buffer& in) {
  while (!parser->done()) {
    std::size_t taken = 0;
    auto why = parser->read_body(in.unread(), taken);
    in.take(taken);
    if (why) return refuse(std::move(*why));
    if (!parser->done() && taken == 0) {
      const bool too_long = in.unread().size() > limits::header_bytes_max;
      if (too_long) return refuse(malformed("header_bytes_max: a chunk header or trailer is too long"));
      return progress::more;
    }
  }
  return done = progress::complete;
}

std::string_view name_of(method m) {
  switch (m) {
  case method::get: return "GET";
  case method::head: return "HEAD";
  case method::post: return "POST";
  case method::put: return "PUT";
  case method::patch: return "PATCH";
  case method::del: return "DELETE";
  case method::options: return "OPTIONS";
  case method::other: break;
  }
  return "other";
}

} // namespace palabre::http
