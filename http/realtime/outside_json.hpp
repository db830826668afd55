#pragma once
// JSON that other systems wrote: tokens, and bodies of the server API. It is parsed completely, and what goes on to
// others is written again by us (decisions.md 28).

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

namespace palabre::http::realtime {

/// A document and what was found in it. Bounds: limits::body_bytes_max; nested up to limits::json_depth_max beyond the
/// levels around the data in it.
class outside_json {
public:
  outside_json();
  /// nullopt: not JSON, or no object. What it answers lasts until the next call.
  std::optional<simdjson::dom::object> parse(std::string_view text);

private:
  simdjson::dom::parser parser_;
};

// ---- Fields. What is absent or null leaves `out` alone; false: it is there and something else, or larger than
// `bytes_max`.

using json_object = simdjson::dom::object;

bool read_field(json_object from, std::string_view name, std::string& out, std::size_t bytes_max);
bool read_field(json_object from, std::string_view name, bool& out);
bool read_field(json_object from, std::string_view name, std::uint64_t& out);
bool read_field(json_object from, std::string_view name, std::int64_t& out);
/// Any value as JSON, minified; or what the text in the field "b64<name>" stands for, which has to be JSON.
bool read_json_field(json_object from, std::string_view name, std::string& out, std::size_t bytes_max);
/// An object of texts as JSON, minified.
bool read_tags(json_object from, std::string_view name, std::string& out, std::size_t bytes_max);
/// nullopt in a result that is true: there is none.
bool read_object(json_object from, std::string_view name, std::optional<json_object>& out);

} // namespace palabre::http::realtime
