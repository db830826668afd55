#include "http/server/request_parser.hpp"

#include "base/limits.hpp"
#include "http/router.hpp"
#include "http/server/refusals.hpp"
#include "http/server/target.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <algorithm>

namespace palabre::http {
namespace {

namespace beast_http = boost::beast::http;
using beast_http::field;
using boost::beast::iequals;
using error_code = boost::beast::error_code;
using beast_view = boost::beast::string_view;

/// Fields that may come once.
enum seen_bit : std::uint32_t {
  host_bit = 1,
  length_bit = 2,
  type_bit = 4,
  authorization_bit = 8,
  key_bit = 16,
  position_bit = 32,
  request_id_bit = 64,
  websocket_key_bit = 128,
  websocket_version_bit = 256,
  origin_bit = 512,
  api_key_bit = 1024,
  trace_bit = 2048
};

void join(std::string& list, std::string_view value) {
  if (!list.empty()) list += ", ";
  list += value;
}

std::string_view view_of(beast_view v) {
  return {v.data(), v.size()};
}

method method_of(beast_http::verb v) {
  switch (v) {
  case beast_http::verb::get: return method::get;
  case beast_http::verb::head: return method::head;
  case beast_http::verb::post: return method::post;
  case beast_http::verb::put: return method::put;
  case beast_http::verb::patch: return method::patch;
  case beast_http::verb::delete_: return method::del;
  case beast_http::verb::options: return method::options;
  default: return method::other;
  }
}

verb verb_of(method m) {
  switch (m) {
  case method::post: return verb::post;
  case method::put: return verb::put;
  case method::patch: return verb::patch;
  case method::del: return verb::del;
  default: return verb::get;
  }
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Whether `value`, a comma-separated list, holds `token`. Of a path like "websocket/13" only the name counts.
bool holds_token(std::string_view value, std::string_view token) {
  while (!value.empty()) {
    auto item = value.substr(0, value.find(','));
    value.remove_prefix(std::min(value.size(), item.size() + 1));
    item = item.substr(0, item.find('/'));
    const auto first = item.find_first_not_of(" \t"), last = item.find_last_not_of(" \t");
    if (first != std::string_view::npos && iequals(item.substr(first, last - first + 1), token)) return true;
  }
  return false;
}

/// The same for media types, whatever their parameters.
bool holds_media_type(std::string_view value, std::string_view type) {
  while (!value.empty()) {
    auto item = value.substr(0, value.find(','));
    value.remove_prefix(std::min(value.size(), item.size() + 1));
    item = item.substr(0, item.find(';'));
    const auto first = item.find_first_not_of(" \t"), last = item.find_last_not_of(" \t");
    if (first != std::string_view::npos && iequals(item.substr(first, last - first + 1), type)) return true;
  }
  return false;
}

/// What stands behind a name: nothing, ":" or ":8080".
bool plausible_port(std::string_view text) {
  constexpr std::size_t digits_max = 5;
  if (text.empty() || text == ":") return true;
  return text.front() == ':' && text.size() <= 1 + digits_max && all_digits(text.substr(1));
}

/// RFC 3986 §3.2.2, and no comma: a list of hosts is two.
bool plausible_host(std::string_view host) {
  const auto bad = [](char c) {
    return c <= ' ' || c >= '\x7f' || std::string_view(",/@?#\\\"<>^`{|}").find(c) != std::string_view::npos;
  };
  if (std::ranges::any_of(host, bad)) return false;
  const bool is_ipv6 = host.starts_with('[');
  const auto name_end = std::min(is_ipv6 ? host.find(']') : host.find(':'), host.size());
  if (is_ipv6 && name_end == host.size()) return false;
  const auto name = host.substr(is_ipv6 ? 1 : 0, name_end - (is_ipv6 ? 1 : 0));
  return name.find_first_of("[]") == std::string_view::npos &&
         plausible_port(host.substr(name_end + (is_ipv6 ? 1 : 0)));
}

/// What Beast lets pass between the data of chunks: trailers that are folded, and lines of any length.
std::optional<problem> wrong_with_chunk_head(std::string_view head) {
  if (head.size() > limits::header_bytes_max)
    return malformed("header_bytes_max: a chunk header or trailer is too long");
  if (head.find("\r\n ") != head.npos || head.find("\r\n\t") != head.npos) return malformed("a trailer is folded");
  return std::nullopt;
}

/// Header bytes beyond ASCII have no agreed meaning; what ends up in JSON must be UTF-8.
std::string ascii_of(std::string_view value) {
  std::string text(value);
  for (char& c : text)
    if (c & 0x80) c = '?';
  return text;
}

} // namespace

class request_parser::beast_parser final : public beast_http::basic_parser<true> {
public:
  explicit beast_parser(request& into) : into_(into) {
    header_limit(limits::header_bytes_max + 1); // checked before, by the reader
    body_limit(limits::body_bytes_max);
    eager(false);
  }

  std::optional<problem> outcome(const error_code& ec);
  bool is_transfer_encoded() const { return has_transfer_encoding_; }

  bool too_large = false;
  bool read_chunk_head = false;            ///< by the last put(): the size with its line, and trailers behind the last
  std::size_t declared_length = 16 * 1024; ///< of the body; a guess if it is not known

private:
  void refuse(problem why, error_code& ec) {
    refusal_ = std::move(why);
    ec = beast_http::error::bad_value;
  }
  /// For fields that may come once.
  void once(std::string& slot, std::uint32_t bit, std::string_view name, std::string_view value, error_code& ec);
  bool first_of(std::uint32_t bit) { return !(std::exchange(seen_, seen_ | bit) & bit); }
  void on_unknown_field(std::string_view name, std::string_view value, error_code& ec);
  void on_transfer_encoding(std::string_view value, error_code& ec);
  void on_expect(std::string_view value, error_code& ec);

  void on_request_impl(beast_http::verb v, beast_view, beast_view target, int version, error_code& ec) override;
  void on_response_impl(int, beast_view, int, error_code&) override {}
  void on_field_impl(field f, beast_view name, beast_view value, error_code& ec) override;
  void on_header_impl(error_code& ec) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (!length) return;
    declared_length = *length;
    into_.wanted.body.reserve(*length);
  }
  std::size_t on_body_impl(beast_view piece, error_code&) override {
    into_.wanted.body.append(piece.data(), piece.size());
    return piece.size();
  }
  void on_chunk_header_impl(std::uint64_t, beast_view, error_code&) override { read_chunk_head = true; }
  std::size_t on_chunk_body_impl(std::uint64_t, beast_view piece, error_code& ec) override {
    return on_body_impl(piece, ec);
  }
  void on_finish_impl(error_code&) override {}

  request& into_;
  std::optional<problem> refusal_;
  std::uint32_t seen_ = 0; ///< fields that came already, one bit each
  bool has_transfer_encoding_ = false, names_websocket_ = false, absolute_ = false;
};

void request_parser::beast_parser::once(std::string& slot, std::uint32_t bit, std::string_view name,
                                        std::string_view value, error_code& ec) {
  if (!first_of(bit)) return refuse(malformed(std::string(name) + " comes twice"), ec);
  slot = value;
}

void request_parser::beast_parser::on_request_impl(beast_http::verb v, beast_view, beast_view target, int version,
                                                   error_code& ec) {
  into_.http_1_0 = version == 10;
  into_.kind = method_of(v);
  into_.wanted.method = verb_of(into_.kind);
  if (target.size() > limits::target_bytes_max) return refuse(target_too_long(), ec);
  const auto parts = split_target(view_of(target));
  if (!parts || (parts->path == "*" && into_.kind != method::options))
    return refuse(malformed("the request target has none of the forms that are understood"), ec);
  into_.wanted.path = parts->path;
  if (!plausible_host(parts->authority)) return refuse(malformed("the request target names no host"), ec);
  into_.host = parts->authority;
  absolute_ = !parts->authority.empty();
  auto query = decoded_query(parts->query);
  if (!query || !percent_decoded(parts->path))
    return refuse(malformed("the request target holds an escape that does not decode to UTF-8"), ec);
  into_.wanted.query = std::move(*query);
}

void request_parser::beast_parser::on_field_impl(field f, beast_view name, beast_view beast_value, error_code& ec) {
  if (is_header_done()) return; // a trailer: nothing here may come as one
  const auto value = view_of(beast_value);
  auto& wanted = into_.wanted;
  switch (f) {
  case field::host: {
    std::string host;
    once(host, host_bit, "Host", value, ec);
    if (!ec && !plausible_host(value)) return refuse(malformed("Host is not a host"), ec);
    if (!absolute_) into_.host = std::move(host); // RFC 9112 §3.2.2: the authority of the target counts instead
    return;
  }
  case field::content_length:
    if (!first_of(length_bit) || !all_digits(value)) refuse(malformed("Content-Length is not one number"), ec);
    return;
  case field::transfer_encoding: return on_transfer_encoding(value, ec);
  case field::expect: return on_expect(value, ec);
  case field::content_type: return once(wanted.content_type, type_bit, "Content-Type", value, ec);
  case field::authorization: return once(wanted.authorization, authorization_bit, "Authorization", value, ec);
  case field::if_match: return join(wanted.if_match, value);
  case field::if_none_match: return join(wanted.if_none_match, value);
  case field::accept: wanted.accepts_event_stream |= holds_media_type(value, "text/event-stream"); return;
  case field::user_agent: wanted.user_agent = ascii_of(value); return;
  case field::accept_encoding: return join(into_.accept_encoding, value);
  case field::access_control_request_method:
  case field::forwarded: return on_unknown_field(view_of(name), value, ec);
  case field::origin: return once(into_.origin, origin_bit, "Origin", value, ec);
  case field::upgrade: names_websocket_ |= holds_token(value, "websocket"); return;
  case field::sec_websocket_key: return once(into_.websocket_key, websocket_key_bit, "Sec-WebSocket-Key", value, ec);
  case field::sec_websocket_version:
    return once(into_.websocket_version, websocket_version_bit, "Sec-WebSocket-Version", value, ec);
  case field::sec_websocket_protocol: return join(into_.websocket_protocols, value);
  case field::via: into_.came.by_proxy = true; return;
  case field::unknown: return on_unknown_field(view_of(name), value, ec);
  default: return;
  }
}

void request_parser::beast_parser::on_unknown_field(std::string_view name, std::string_view value, error_code& ec) {
  auto& wanted = into_.wanted;
  if (iequals(name, "X-Request-ID")) {
    if (first_of(request_id_bit))
      wanted.request_id = value;
    else
      wanted.request_id.clear(); // two: none of them counts
  } else if (iequals(name, "Idempotency-Key")) {
    once(wanted.idempotency_key, key_bit, "Idempotency-Key", value, ec);
  } else if (iequals(name, "X-API-Key")) {
    once(wanted.api_key, api_key_bit, "X-API-Key", value, ec);
  } else if (iequals(name, "Palabre-Min-Position")) {
    once(wanted.min_position, position_bit, "Palabre-Min-Position", value, ec);
  } else if (iequals(name, "Last-Event-ID")) {
    wanted.last_event_id = value;
  } else if (iequals(name, "Traceparent")) {
    wanted.traceparent = first_of(trace_bit) && is_traceparent(value) ? value : std::string_view{};
  } else if (iequals(name, "X-Forwarded-For")) {
    join(into_.came.forwarded_for, value);
  } else if (iequals(name, "X-Forwarded-Proto")) {
    join(into_.came.proto, value);
  } else if (iequals(name, "Forwarded")) {
    join(into_.came.forwarded, value);
  } else if (iequals(name, "Access-Control-Request-Method")) {
    into_.asks_for_method = true;
  }
  into_.came.by_proxy |= is_of_proxies(name);
}

void request_parser::beast_parser::on_transfer_encoding(std::string_view value, error_code& ec) {
  has_transfer_encoding_ = true;
  if (into_.http_1_0) return refuse(malformed("Transfer-Encoding does not exist in HTTP/1.0"), ec);
  if (!iequals(value, "chunked")) refuse(malformed("Transfer-Encoding is not chunked"), ec);
}

void request_parser::beast_parser::on_expect(std::string_view value, error_code& ec) {
  if (into_.http_1_0) return; // RFC 9110 §10.1.1: ignored there
  if (!iequals(value, "100-continue")) return refuse(expectation_failed(), ec);
  into_.expects_continue = true;
}

void request_parser::beast_parser::on_header_impl(error_code& ec) {
  if (!into_.http_1_0 && !(seen_ & host_bit)) return refuse(malformed("Host is missing"), ec);
  if (has_transfer_encoding_ && (seen_ & length_bit))
    return refuse(malformed("Transfer-Encoding and Content-Length exclude each other"), ec);
  into_.keep_alive = keep_alive();
  into_.upgrade = names_websocket_ && upgrade() && !into_.http_1_0;
}

std::optional<problem> request_parser::beast_parser::outcome(const error_code& ec) {
  if (!ec || ec == beast_http::error::need_more) return std::nullopt;
  if (ec == beast_http::error::body_limit) {
    too_large = into_.wanted.body_too_large = true;
    into_.keep_alive = false; // what follows is not understood
    into_.wanted.body.clear();
    return std::nullopt;
  }
  if (refusal_) return std::move(refusal_);
  return malformed("the request is not HTTP/1.1: " + ec.message());
}

request_parser::request_parser(request& into) : into_(into), parser_(std::make_unique<beast_parser>(into)) {}
request_parser::~request_parser() = default;

std::optional<problem> request_parser::read_head(std::string_view head) {
  error_code ec;
  parser_->put(boost::asio::const_buffer(head.data(), head.size()), ec);
  if (ec == beast_http::error::need_more) return malformed("the request is not HTTP/1.1: its head ends too early");
  return parser_->outcome(ec);
}

std::optional<problem> request_parser::read_body(std::string_view bytes, std::size_t& taken) {
  taken = 0;
  // What is left of a chunked body has five bytes at least ("0", two line ends), and Beast asserts on seeing fewer.
  if (bytes.empty() || (parser_->is_transfer_encoded() && bytes.size() < 5)) return std::nullopt;
  error_code ec;
  parser_->read_chunk_head = false;
  taken = parser_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
  if (auto why = parser_->outcome(ec)) return why;
  return parser_->read_chunk_head ? wrong_with_chunk_head(bytes.substr(0, taken)) : std::nullopt;
}

bool request_parser::done() const {
  return parser_->too_large || parser_->is_done();
}

std::size_t request_parser::body_bytes_expected() const {
  constexpr std::size_t piece = 4 * 1024;
  const auto read = into_.wanted.body.size();
  return std::max(piece, parser_->declared_length - std::min(parser_->declared_length, read));
}

} // namespace palabre::http
