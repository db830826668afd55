#include "http/server/response.hpp"

#include "http/problem_catalog.hpp"
#include "http/server/cors.hpp"

#include <algorithm>
#include <chrono>

namespace palabre::http {
namespace {

using header_list = std::vector<std::pair<std::string, std::string>>;

/// `name` in lower case.
bool is_named(std::string_view header, std::string_view name) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::ranges::equal(header, name, {}, lower);
}

bool names(const header_list& headers, std::string_view name) {
  return std::ranges::any_of(headers, [&](const auto& h) { return is_named(h.first, name); });
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  const auto begin = out.size();
  out += value;
  // A line end in a value would begin a header of somebody else's making.
  const auto ends_a_line = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
  std::replace_if(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(), ends_a_line, ' ');
  out += "\r\n";
}

std::string_view caching_of(std::string_view path) {
  return path.starts_with("/api/v1/auth/") ? "no-store" : "private";
}

void append_status_line(std::string& out, int status) {
  out += "HTTP/1.1 ";
  out += std::to_string(status);
  out += ' ';
  out += title_of(status);
  out += "\r\n";
}

void append_connection(std::string& out, const response_frame& frame, int status) {
  if (status == 101) return; // its own headers say it
  if (!frame.keep_alive)
    out += "Connection: close\r\n";
  else if (frame.http_1_0)
    out += "Connection: keep-alive\r\n";
}

/// As draft-ietf-httpapi-ratelimit-headers-10 has it.
void append_rate(std::string& out, const rate_standing& rate) {
  if (rate.of == rate_class::unlimited) return;
  const auto seconds = [](std::chrono::milliseconds time) {
    return std::to_string(std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(time).count()));
  };
  const std::string name = '"' + std::string(name_of(rate.of)) + '"';
  out += "RateLimit-Policy: " + name + ";q=" + std::to_string(rate.burst) + ";w=" + seconds(rate.window) + "\r\n";
  out += "RateLimit: " + name + ";r=" + std::to_string(rate.left) + ";t=" + seconds(rate.full_in) + "\r\n";
}

/// Text that is worth it.
bool is_compressible(std::string_view type, std::string_view body, const response_frame& frame) {
  if (frame.in == coding::identity || frame.head_only) return false;
  if (body.size() < compressed_bytes_min || body.size() > compressed_bytes_max) return false;
  return type.starts_with("application/json") || type.starts_with("text/");
}

std::string_view type_of(const header_list& headers, std::string_view otherwise) {
  const auto found = std::ranges::find_if(headers, [](const auto& h) { return is_named(h.first, "content-type"); });
  return found == headers.end() ? otherwise : std::string_view(found->second);
}

/// A tag stands for one form of the body (RFC 9110 §8.8.3): where it may come compressed, it is a weak one.
void append_own_header(std::string& out, std::string_view name, const std::string& value, const response_frame& frame) {
  const bool weak = frame.in != coding::identity && is_named(name, "etag") && !value.starts_with("W/");
  append_header(out, name, weak ? "W/" + value : value);
}

void append(std::string& out, int status, std::string_view type, const header_list& headers, std::string_view body,
            const response_frame& frame, bool holds_secrets = false) {
  const bool bare = status < 200 || status == 204 || status == 304;
  std::string smaller;
  if (!bare && !holds_secrets && is_compressible(type_of(headers, type), body, frame))
    smaller = compressed(frame.in, body);
  const bool is_smaller = !smaller.empty() && smaller.size() < body.size();
  if (is_smaller) body = smaller;
  out.reserve(out.size() + 512 + (bare || frame.head_only ? 0 : body.size()));
  append_status_line(out, status);
  if (!bare) {
    if (!names(headers, "content-type")) append_header(out, "Content-Type", type);
    if (frame.in_chunks)
      out += "Transfer-Encoding: chunked\r\n";
    else
      append_header(out, "Content-Length", std::to_string(body.size()));
  }
  append_header(out, "Date", frame.date);
  append_header(out, "X-Request-ID", frame.request_id);
  out += "X-Content-Type-Options: nosniff\r\n";
  if (is_smaller) append_header(out, "Content-Encoding", name_of(frame.in));
  if (!names(headers, "vary")) out += "Vary: Accept-Encoding, Origin\r\n";
  if (!names(headers, "access-control-allow-origin")) append_cors_headers(out, frame.allowed_origin);
  if (status != 101 && !names(headers, "content-security-policy"))
    out += "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";
  append_rate(out, frame.rate);
  if (status != 101 && !names(headers, "cache-control")) append_header(out, "Cache-Control", caching_of(frame.path));
  append_connection(out, frame, status);
  for (const auto& [name, value] : headers) append_own_header(out, name, value, frame);
  out += "\r\n";
  if (!bare && !frame.head_only) out += body;
}

void put_two(char* at, int value) {
  at[0] = static_cast<char>('0' + value / 10);
  at[1] = static_cast<char>('0' + value % 10);
}

} // namespace

void append_answer(std::string& out, const answer& a, const response_frame& frame) {
  append(out, a.status, "application/json", a.headers, a.body, frame, a.holds_secrets);
}

void append_problem(std::string& out, const problem& p, const response_frame& frame) {
  const auto body = render(p, frame.path, frame.request_id, frame.now);
  append(out, p.status, "application/problem+json", p.headers, body, frame);
}

std::string http_date(timestamp t) {
  using namespace std::chrono;
  constexpr std::string_view weekdays = "SunMonTueWedThuFriSat", months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const sys_days day{days{utc_day(t)}};
  const year_month_day date{day};
  const auto second = static_cast<int>(t.ms / 1000 - utc_day(t) * 86'400);
  const int year = static_cast<int>(date.year());
  std::string text = "Sun, 00 Jan 0000 00:00:00 GMT";
  text.replace(0, 3, weekdays.substr(weekday{day}.c_encoding() * 3, 3));
  put_two(&text[5], static_cast<int>(static_cast<unsigned>(date.day())));
  text.replace(8, 3, months.substr((static_cast<unsigned>(date.month()) - 1) * 3, 3));
  put_two(&text[12], year / 100 % 100);
  put_two(&text[14], year % 100);
  put_two(&text[17], second / 3600);
  put_two(&text[20], second / 60 % 60);
  put_two(&text[23], second % 60);
  return text;
}

} // namespace palabre::http
