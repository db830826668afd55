#include "bench/load/api_call.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <stdexcept>
#include <thread>

namespace palabre::bench {
namespace {

struct answered_503 : std::runtime_error {
  using std::runtime_error::runtime_error;
};

} // namespace

std::string call_api(const endpoint& at, std::string_view method, std::string_view path, std::string_view token,
                     std::string_view json_body) {
  std::string request = std::string(method) + " " + std::string(path) + " HTTP/1.1\r\nHost: " + at.host + ":" +
                        std::to_string(at.port) + "\r\nConnection: close\r\n";
  if (!token.empty()) request += "Authorization: Bearer " + std::string(token) + "\r\n";
  if (!json_body.empty())
    request += "Content-Type: application/json\r\nContent-Length: " + std::to_string(json_body.size()) + "\r\n";
  request += "\r\n" + std::string(json_body);

  boost::asio::io_context io;
  boost::asio::ip::tcp::socket socket(io);
  boost::system::error_code failed;
  const std::string asked = std::string(method) + " " + std::string(path) + ": ";
  const auto check = [&](const char* what) {
    if (failed) throw std::runtime_error(asked + "cannot " + what + ": " + failed.message());
  };
  socket.connect(at.address, failed);
  check("connect");
  boost::asio::write(socket, boost::asio::buffer(request), failed);
  check("send");
  std::string answer;
  boost::asio::read(socket, boost::asio::dynamic_buffer(answer), failed);
  if (failed == boost::asio::error::eof) failed = {};
  check("receive");
  if (answer.starts_with("HTTP/1.1 503")) throw answered_503(asked + answer);
  if (!answer.starts_with("HTTP/1.1 2")) throw std::runtime_error(asked + answer);
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

std::string call_api_patiently(const endpoint& at, std::string_view method, std::string_view path,
                               std::string_view token, std::string_view json_body, std::chrono::seconds most) {
  for (const auto start = std::chrono::steady_clock::now();;) {
    try {
      return call_api(at, method, path, token, json_body);
    } catch (const answered_503&) {
      if (std::chrono::steady_clock::now() - start > most) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void wait_until_ready(const endpoint& at, std::chrono::seconds most) {
  call_api_patiently(at, "GET", "/health/ready", {}, {}, most);
}

std::string string_field(const std::string& json, const std::string& name) {
  const std::string key = "\"" + name + "\":\"";
  const std::size_t at = json.find(key);
  if (at == std::string::npos) throw std::runtime_error("no " + name + " in " + json);
  return json.substr(at + key.size(), json.find('"', at + key.size()) - at - key.size());
}

} // namespace palabre::bench
