#include "http/shape.hpp"

#include <limits>

namespace palabre::http::shapes {
namespace {

void append_bound(std::string& out, std::string_view name, const std::optional<std::int64_t>& bound) {
  if (!bound) return;
  out.append(",\"").append(name).append("\":");
  append_json_int(out, *bound);
}

std::optional<std::int64_t> as_bound(std::optional<std::uint64_t> n) {
  return n ? std::optional{static_cast<std::int64_t>(*n)} : std::nullopt;
}

} // namespace

std::string string(std::uint64_t min, std::optional<std::uint64_t> max, std::string_view more) {
  std::string out = R"({"type":"string")";
  if (min > 0) append_bound(out, "minLength", as_bound(min));
  append_bound(out, "maxLength", as_bound(max));
  if (!more.empty()) out.append(",").append(more);
  return out + '}';
}

std::string integer(std::optional<std::int64_t> min, std::optional<std::int64_t> max) {
  std::string out = R"({"type":"integer","format":"int64")";
  append_bound(out, "minimum", min);
  const bool is_written = max != std::numeric_limits<std::int64_t>::max(); // not every language can write that one
  if (is_written) append_bound(out, "maximum", max);
  return out + '}';
}

std::string array(const std::string& items, std::optional<std::size_t> max) {
  std::string out = R"({"type":"array","items":)" + items;
  append_bound(out, "maxItems", as_bound(max));
  return out + '}';
}

std::string one_of(const std::vector<std::string_view>& names) {
  std::string out = R"({"type":"string","enum":[)";
  for (const std::string_view name : names) {
    if (!out.ends_with('[')) out += ',';
    append_json_string(out, name);
  }
  return out + "]}";
}

std::string nullable(const std::string& schema) {
  if (schema.starts_with(R"({"type":[)")) return schema; // it is already
  constexpr std::string_view kinds[] = {"string", "integer", "boolean"};
  for (const std::string_view kind : kinds) {
    const std::string opening = R"({"type":")" + std::string(kind) + '"';
    if (schema.starts_with(opening) && schema.find(R"("enum":)") == schema.npos)
      return R"({"type":[")" + std::string(kind) + R"(","null"])" + schema.substr(opening.size());
  }
  return R"({"anyOf":[)" + schema + R"(,{"type":"null"}]})";
}

std::string object(const std::vector<std::pair<std::string, std::string>>& properties,
                   const std::vector<std::string_view>& required) {
  std::string out = R"({"type":"object","properties":{)";
  for (const auto& [name, schema] : properties) {
    if (!out.ends_with('{')) out += ',';
    append_json_string(out, name);
    out += ':';
    out += schema;
  }
  out += '}';
  if (!required.empty()) {
    out += R"(,"required":[)";
    for (const std::string_view name : required) {
      if (!out.ends_with('[')) out += ',';
      append_json_string(out, name);
    }
    out += ']';
  }
  return out + '}';
}

std::string reference(std::string_view name) {
  return R"({"$ref":"#/components/schemas/)" + std::string(name) + "\"}";
}

} // namespace palabre::http::shapes
