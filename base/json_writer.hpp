#pragma once
// JSON out, straight into a string. Structure is the caller's: these write values.

#include <cstdint>
#include <string>
#include <string_view>

namespace palabre {

/// Appends `text` in quotes, with what JSON wants escaped. Requires: valid UTF-8. Never writes a raw newline.
void append_json_string(std::string& out, std::string_view text);
void append_json_int(std::string& out, std::int64_t value);
void append_json_uint(std::string& out, std::uint64_t value);

} // namespace palabre
