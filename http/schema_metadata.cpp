// metadata_json: JSON from outside, written again by us.

#include "http/schema.hpp"

#include <charconv>

namespace palabre::http {
namespace {

/// Writes JSON from outside anew. False once it is nested deeper than json_depth_max, or holds no UTF-8.
class metadata_writer {
public:
  metadata_writer(std::string& out, body_checks& checks) : out_(out), checks_(checks) {}

  bool write(body_checks::element value, std::size_t depth) {
    using simdjson::dom::element_type;
    switch (value.type()) {
    case element_type::OBJECT: return write_object(value.get_object().value_unsafe(), depth + 1);
    case element_type::ARRAY: return write_array(value.get_array().value_unsafe(), depth + 1);
    case element_type::STRING: return write_string(value.get_string().value_unsafe());
    case element_type::INT64: append_json_int(out_, value.get_int64().value_unsafe()); return true;
    case element_type::UINT64: append_json_uint(out_, value.get_uint64().value_unsafe()); return true;
    case element_type::DOUBLE: write_double(value.get_double().value_unsafe()); return true;
    case element_type::BOOL: out_ += value.get_bool().value_unsafe() ? "true" : "false"; return true;
    case element_type::NULL_VALUE: out_ += "null"; return true;
    }
    return false;
  }

private:
  bool fits(std::size_t depth) {
    if (depth <= limits::json_depth_max) return true;
    checks_.over_bound("json_depth", limits::json_depth_max);
    return false;
  }
  bool write_object(simdjson::dom::object object, std::size_t depth) {
    if (!fits(depth)) return false;
    out_ += '{';
    for (bool first = true; const auto& [name, value] : object) {
      if (!first) out_ += ',';
      first = false;
      if (!write_string(name)) return false;
      out_ += ':';
      if (!write(value, depth)) return false;
    }
    out_ += '}';
    return true;
  }
  bool write_array(simdjson::dom::array array, std::size_t depth) {
    if (!fits(depth)) return false;
    out_ += '[';
    for (bool first = true; const auto& value : array) {
      if (!first) out_ += ',';
      first = false;
      if (!write(value, depth)) return false;
    }
    out_ += ']';
    return true;
  }
  bool write_string(std::string_view text) {
    if (!simdjson::validate_utf8(text)) {
      checks_.set_malformed();
      return false;
    }
    append_json_string(out_, text);
    return true;
  }
  void write_double(double value) {
    char digits[32]; // the shortest form that reads back as the same number has at most 24
    out_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  }

  std::string& out_;
  body_checks& checks_;
};

} // namespace

void metadata_json::read(body_checks::element from, body_checks& checks) {
  if (from.is_null()) {
    value = {};
    return;
  }
  if (!from.is_object()) return checks.wrong_type("an object or null");
  std::string json;
  if (!metadata_writer(json, checks).write(from, 0)) return;
  if (json.size() > limits::metadata_bytes_max) return checks.over_bound("metadata_bytes", limits::metadata_bytes_max);
  value.text = std::move(json);
}

} // namespace palabre::http
