#pragma once
// How the cases of http_cases.hpp are put together.

#include "http_cases.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace palabre::http::forms {

inline constexpr auto stays = http_case::end::stays;
inline constexpr auto closes = http_case::end::closes;
using case_list = std::vector<http_case>;

/// Text that may hold zero bytes.
template <std::size_t N>
std::string bytes(const char (&text)[N]) {
  return {text, N - 1};
}

inline std::string request_with(std::string_view line, std::string_view headers = {}, std::string_view body = {}) {
  std::string all(line);
  return all.append("\r\nHost: h\r\n").append(headers).append("\r\n").append(body);
}
inline std::string get(std::string_view headers) {
  return request_with("GET /echo HTTP/1.1", headers);
}
inline std::string post(std::string_view headers, std::string_view body = {}) {
  return request_with("POST /echo HTTP/1.1", headers, body);
}
inline std::string chunked(std::string_view body) {
  return post("Transfer-Encoding: chunked\r\n", body);
}
inline http_case is(std::string name, std::string sent, int status, std::string says = {}) {
  return {{}, std::move(name), std::move(sent), {status}, stays, std::move(says)};
}
inline http_case refused(std::string name, std::string sent, int status = 400) {
  return {{}, std::move(name), std::move(sent), {status}, closes};
}

} // namespace palabre::http::forms
