#include "http/server/handshake.hpp"

#include "base/assert.hpp"
#include "http/server/refusals.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace palabre::http {
namespace {

bool same_letters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string base64(const unsigned char* bytes, std::size_t size) {
  std::string text((size + 2) / 3 * 4 + 1, '\0'); // OpenSSL ends it with a NUL
  text.resize(static_cast<std::size_t>(
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes, static_cast<int>(size))));
  return text;
}

/// 16 bytes in base64: 22 digits and "==".
bool is_key(std::string_view key) {
  const auto is_digit = [](unsigned char c) { return std::isalnum(c) || c == '+' || c == '/'; };
  return key.size() == 24 && key.ends_with("==") && std::ranges::all_of(key.substr(0, 22), is_digit);
}

bool offers(std::string_view protocols, std::string_view wanted) {
  while (!protocols.empty()) {
    auto item = protocols.substr(0, protocols.find(','));
    protocols.remove_prefix(std::min(protocols.size(), item.size() + 1));
    item.remove_prefix(std::min(item.size(), item.find_first_not_of(" \t")));
    item = item.substr(0, item.find_first_of(" \t"));
    if (item == wanted) return true;
  }
  return false;
}

/// Browsers leave out the port that a scheme has by itself; proxies may not.
std::string_view without_port(std::string_view host, std::string_view port) {
  return host.ends_with(port) ? host.substr(0, host.size() - port.size()) : host;
}

bool is_own_origin(const request& r) {
  constexpr std::string_view secure = "https://", plain = "http://";
  const std::string_view origin = r.origin;
  const bool is_secure = same_letters(origin.substr(0, secure.size()), secure);
  if (!is_secure && (r.over_tls || !same_letters(origin.substr(0, plain.size()), plain))) return false;
  const std::string_view host = origin.substr((is_secure ? secure : plain).size()), port = is_secure ? ":443" : ":80";
  return !r.host.empty() && same_letters(without_port(host, port), without_port(r.host, port));
}

} // namespace

bool asks_for_protobuf(const call& c) {
  const auto is_protobuf = [](const auto& parameter) {
    return (parameter.first == "format" || parameter.first == "cf_protocol") && parameter.second == "protobuf";
  };
  return std::ranges::any_of(c.query, is_protobuf);
}

bool origin_is_welcome(const request& r, const std::vector<std::string>& allowed_origins) {
  if (r.origin.empty()) return true;
  if (is_own_origin(r)) return true;
  return std::ranges::any_of(allowed_origins, [&](const auto& allowed) { return same_letters(allowed, r.origin); });
}

std::string accept_value(std::string_view key) {
  std::string text(key);
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  PALABRE_ASSERT(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) == 1);
  return base64(digest.data(), size);
}

answer_or_problem shake_hands(const request& r, const std::vector<std::string>& allowed_origins) {
  if (r.kind != method::get) return method_not_allowed("GET");
  if (!r.upgrade || r.websocket_version != "13") return upgrade_required();
  if (!is_key(r.websocket_key)) return malformed("Sec-WebSocket-Key is not 16 bytes in base64");
  if (asks_for_protobuf(r.wanted)) return protobuf_not_spoken();
  if (!origin_is_welcome(r, allowed_origins)) return origin_not_allowed();
  answer switching;
  switching.status = 101;
  switching.headers = {
      {"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Accept", accept_value(r.websocket_key)}};
  constexpr const char* ours = "centrifuge-json";
  if (offers(r.websocket_protocols, ours)) switching.headers.emplace_back("Sec-WebSocket-Protocol", ours);
  return switching;
}

} // namespace palabre::http
