#include "http/routes/cursor.hpp"

#include "base/bytes.hpp"
#include "base/digest.hpp"

namespace palabre::http {
namespace {

short_digest signature(std::string_view name_key, std::string_view list, std::string_view mark) {
  std::string signed_bytes = "cursor";
  put_int(signed_bytes, static_cast<std::uint32_t>(list.size()));
  signed_bytes += list;
  signed_bytes += mark;
  return shortened(hmac_sha256(name_key, signed_bytes));
}

} // namespace

std::string make_cursor(std::string_view name_key, std::string_view list, std::string_view mark) {
  std::string bytes{as_bytes(signature(name_key, list, mark))};
  bytes += mark;
  return to_base64url(bytes);
}

std::optional<std::string> read_cursor(std::string_view name_key, std::string_view list, std::string_view cursor) {
  const std::string bytes = from_base64url(cursor);
  constexpr std::size_t signature_bytes = sizeof(short_digest);
  if (bytes.size() < signature_bytes) return std::nullopt;
  std::string mark = bytes.substr(signature_bytes);
  const short_digest expected = signature(name_key, list, mark);
  if (!equal_in_constant_time(as_bytes(expected), std::string_view(bytes).substr(0, signature_bytes)))
    return std::nullopt;
  return mark;
}

std::string link_to(std::string_view path, std::string_view cursor, std::size_t limit) {
  return std::string(path) + "?cursor=" + std::string(cursor) + "&limit=" + std::to_string(limit);
}

} // namespace palabre::http
