#include "http/api_key.hpp"

#include "base/digest.hpp"

#include <algorithm>

namespace palabre::http {
namespace {

std::string_view key_in(const call& c) {
  constexpr std::string_view scheme = "apikey ";
  if (!c.api_key.empty()) return c.api_key;
  const std::string_view header = c.authorization;
  const auto is_same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
  const std::string_view begin = header.substr(0, scheme.size());
  if (!std::equal(begin.begin(), begin.end(), scheme.begin(), scheme.end(), is_same)) return {};
  return header.substr(scheme.size());
}

} // namespace

std::string hash_of_key(const call& c) {
  const std::string_view key = key_in(c);
  return key.size() < limits::api_key_bytes_min ? std::string() : to_hex(as_bytes(sha256(key)));
}

bool holds_hash(const std::vector<std::string>& hashes, const std::string& hash) {
  bool is_there = false;
  for (const std::string& each : hashes) is_there |= equal_in_constant_time(each, hash);
  return is_there;
}

bool opens(const std::vector<std::string>& hashes, const call& c) {
  return holds_hash(hashes, hash_of_key(c));
}

} // namespace palabre::http
