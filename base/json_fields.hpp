#pragma once
// Fields of a JSON object, appended one behind the other. A field's key comes with all that stands in front of its
// value: `{"id":`, `,"name":`. Texts are UTF-8.

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/json_writer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace palabre {

inline void append_text_field(std::string& out, std::string_view key, std::string_view value) {
  out += key;
  append_json_string(out, value);
}

inline void append_nullable_field(std::string& out, std::string_view key, const std::optional<std::string>& value) {
  out += key;
  if (value)
    append_json_string(out, *value);
  else
    out += "null";
}

inline void append_number_field(std::string& out, std::string_view key, std::uint64_t value) {
  out += key;
  append_json_uint(out, value);
}

inline void append_id_field(std::string& out, std::string_view key, const uuid& id) {
  out += key;
  out += '"';
  append_text(out, id);
  out += '"';
}

inline void append_time_field(std::string& out, std::string_view key, timestamp time) {
  out += key;
  out += '"';
  append_rfc3339(out, time);
  out += '"';
}

} // namespace palabre
