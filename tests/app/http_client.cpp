#include "http_client.hpp"

#include "api_document.hpp"
#include "base/json_writer.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <mutex>
#include <optional>
#include <stdexcept>

namespace palabre::testing {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

/// Parsed for as long as one look at it takes.
class parsed_body {
public:
  explicit parsed_body(const std::string& body) : body_(body) {
    if (parser_.parse(body).get(root_) != simdjson::SUCCESS) throw std::runtime_error("not JSON: " + body);
  }
  std::optional<simdjson::dom::element> find(std::string_view pointer) const {
    simdjson::dom::element found;
    if (root_.at_pointer(pointer).get(found) != simdjson::SUCCESS) return std::nullopt;
    return found;
  }
  template <class T>
  T get(std::string_view pointer) const {
    T value{};
    const auto found = find(pointer);
    if (!found || found->get(value) != simdjson::SUCCESS)
      throw std::runtime_error("at " + std::string(pointer) + " of " + body_);
    return value;
  }

private:
  simdjson::dom::parser parser_;
  simdjson::dom::element root_;
  const std::string& body_;
};

/// Whatever a test asks for: the answer must be one that the API's description has.
void hold_against_document(std::string_view method, std::string_view target, const http_answer& got) {
  static const api_document document;
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  const std::string wrong = document.complaint_about(method, target, got.status, got.header("Content-Type"), got.body);
  if (!wrong.empty()) ADD_FAILURE() << wrong;
}

} // namespace

std::string http_answer::header(std::string_view name) const {
  for (const auto& [field, value] : fields)
    if (beast::iequals(field, name)) return value;
  return {};
}

bool http_answer::has(std::string_view pointer) const {
  return parsed_body(body).find(pointer).has_value();
}
bool http_answer::is_null(std::string_view pointer) const {
  return parsed_body(body).get<simdjson::dom::element>(pointer).is_null();
}
std::string http_answer::text(std::string_view pointer) const {
  return std::string(parsed_body(body).get<std::string_view>(pointer));
}
std::int64_t http_answer::number(std::string_view pointer) const {
  return parsed_body(body).get<std::int64_t>(pointer);
}
bool http_answer::flag(std::string_view pointer) const {
  return parsed_body(body).get<bool>(pointer);
}
std::size_t http_answer::count(std::string_view pointer) const {
  return parsed_body(body).get<simdjson::dom::array>(pointer).size();
}
std::string http_answer::json(std::string_view pointer) const {
  return simdjson::minify(parsed_body(body).get<simdjson::dom::element>(pointer));
}

struct http_client::state {
  unsigned short port;
  asio::io_context context;
  std::optional<tcp::socket> socket;
  beast::flat_buffer buffer;

  tcp::socket& connected() {
    if (socket) return *socket;
    buffer.clear();
    socket.emplace(context);
    socket->connect({asio::ip::make_address("127.0.0.1"), port});
    return *socket;
  }
};

http_client::http_client(unsigned short port) : state_(new state{port, {}, {}, {}}) {}
http_client::~http_client() = default;
http_client::http_client(http_client&&) noexcept = default;
http_client& http_client::operator=(http_client&&) noexcept = default;

http_answer http_client::request(std::string_view method, std::string_view target, std::string_view body,
                                 const headers& with) {
  beast::http::request<beast::http::string_body> asked;
  asked.version(11);
  asked.method_string({method.data(), method.size()});
  asked.target({target.data(), target.size()});
  asked.set(beast::http::field::host, "127.0.0.1");
  for (const auto& [name, value] : with) asked.set(name, value);
  asked.body() = body;
  asked.prepare_payload();
  tcp::socket& socket = state_->connected();
  boost::system::error_code cut_off; // a server may answer, and close, before it has read a body that is too large
  beast::http::write(socket, asked, cut_off);

  beast::http::response_parser<beast::http::string_body> parser;
  parser.body_limit(64 * 1024 * 1024);
  parser.skip(method == "HEAD");
  beast::http::read(socket, state_->buffer, parser);
  http_answer got;
  got.status = parser.get().result_int();
  got.body = std::move(parser.get().body());
  for (const auto& field : parser.get()) got.fields.emplace_back(field.name_string(), field.value());
  if (!parser.keep_alive() || cut_off) state_->socket.reset();
  hold_against_document(method, target, got);
  return got;
}

std::string http_client::raw(std::string_view bytes) {
  state_->socket.reset();
  tcp::socket& socket = state_->connected();
  asio::write(socket, asio::buffer(bytes.data(), bytes.size()));
  std::string got;
  boost::system::error_code ended;
  asio::read(socket, asio::dynamic_buffer(got), ended);
  state_->socket.reset();
  return got;
}

std::string json_quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string escaped(std::string_view path_segment) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const unsigned char c : path_segment) {
    out += '%';
    out += digits[c >> 4];
    out += digits[c & 15];
  }
  return out;
}

} // namespace palabre::testing
