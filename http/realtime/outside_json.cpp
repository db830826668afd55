#include "http/realtime/outside_json.hpp"

#include "base/assert.hpp"
#include "base/digest.hpp"
#include "base/limits.hpp"

#include <algorithm>

namespace palabre::http::realtime {

namespace {

using simdjson::SUCCESS;
using simdjson::dom::element;

constexpr std::size_t levels_around_data = 4; // of a token: itself, subs, a channel, data

std::optional<element> find(json_object from, std::string_view name) {
  element value;
  if (from[name].get(value) != SUCCESS || value.is_null()) return std::nullopt;
  return value;
}

/// RFC 4648 §4, with or without padding. Empty: it is not.
std::string from_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string url(text);
  std::replace(url.begin(), url.end(), '+', '-');
  std::replace(url.begin(), url.end(), '/', '_');
  return from_base64url(url);
}

template <class Value>
bool read_value(json_object from, std::string_view name, Value& out) {
  const auto found = find(from, name);
  return !found || found->get(out) == SUCCESS;
}

/// Any value, objects or not. False: no JSON.
bool minified(std::string_view text, std::string& out) {
  simdjson::dom::parser parser;
  element root;
  if (parser.allocate(std::max<std::size_t>(text.size(), 64), limits::json_depth_max + 1) != SUCCESS) return false;
  if (parser.parse(text.data(), text.size()).get(root) != SUCCESS) return false;
  out = simdjson::minify(root);
  return true;
}

} // namespace

outside_json::outside_json() {
  const auto failed = parser_.allocate(1'024, limits::json_depth_max + levels_around_data);
  PALABRE_ASSERT(failed == SUCCESS);
}

std::optional<json_object> outside_json::parse(std::string_view text) {
  json_object root;
  if (text.size() > limits::body_bytes_max) return std::nullopt;
  if (parser_.parse(text.data(), text.size()).get(root) != SUCCESS) return std::nullopt;
  return root;
}

bool read_field(json_object from, std::string_view name, std::string& out, std::size_t bytes_max) {
  std::string_view text = out;
  if (!read_value(from, name, text) || text.size() > bytes_max) return false;
  if (text.data() != out.data()) out = text;
  return true;
}

bool read_field(json_object from, std::string_view name, bool& out) {
  return read_value(from, name, out);
}
bool read_field(json_object from, std::string_view name, std::uint64_t& out) {
  return read_value(from, name, out);
}
bool read_field(json_object from, std::string_view name, std::int64_t& out) {
  return read_value(from, name, out);
}

bool read_json_field(json_object from, std::string_view name, std::string& out, std::size_t bytes_max) {
  std::string encoded;
  if (!read_field(from, "b64" + std::string(name), encoded, limits::body_bytes_max)) return false;
  if (!encoded.empty()) {
    std::string decoded;
    if (!minified(from_base64(encoded), decoded) || decoded.size() > bytes_max) return false;
    if (decoded != "null") out = std::move(decoded);
    return true;
  }
  if (const auto found = find(from, name)) out = simdjson::minify(*found);
  return out.size() <= bytes_max;
}

bool read_tags(json_object from, std::string_view name, std::string& out, std::size_t bytes_max) {
  std::optional<json_object> tags;
  if (!read_object(from, name, tags)) return false;
  if (!tags || tags->size() == 0) return true;
  for (const auto& [key, value] : *tags)
    if (!value.is_string()) return false;
  out = simdjson::minify(*tags);
  return out.size() <= bytes_max;
}

bool read_object(json_object from, std::string_view name, std::optional<json_object>& out) {
  const auto found = find(from, name);
  if (!found) return true;
  json_object inner;
  if (found->get(inner) != SUCCESS) return false;
  out = inner;
  return true;
}

} // namespace palabre::http::realtime
