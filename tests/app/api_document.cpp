#include "api_document.hpp"

#include "base/assert.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"
#include "http/openapi.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <regex>

namespace palabre::testing {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

/// Does "/rooms/{id}" stand for "/rooms/7"? How many of its segments are literal decides between two that do.
std::optional<int> likeness(std::string_view pattern, std::string_view path) {
  int literal = 0;
  while (!pattern.empty() && !path.empty()) {
    const auto pattern_end = std::min(pattern.find('/', 1), pattern.size());
    const auto path_end = std::min(path.find('/', 1), path.size());
    const std::string_view wanted = pattern.substr(0, pattern_end), given = path.substr(0, path_end);
    if (wanted == given)
      ++literal;
    else if (!wanted.starts_with("/{") || given.size() < 2)
      return std::nullopt;
    pattern.remove_prefix(pattern_end);
    path.remove_prefix(path_end);
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return literal;
}

bool is_of_type(element value, std::string_view type) {
  if (type == "null") return value.is_null();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_bool();
  if (type == "integer") return value.is_int64() || value.is_uint64();
  if (type == "number") return value.is_number();
  if (type == "array") return value.is_array();
  return type == "object" && value.is_object();
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

/// Knows the words of JSON Schema that our document uses, and complains about any other.
class checker {
public:
  explicit checker(element document) : document_(document) {}

  std::string check(element value, element schema, const std::string& at) const {
    object words;
    PALABRE_ASSERT(schema.get(words) == simdjson::SUCCESS);
    for (const auto [word, what] : words) {
      const std::string wrong = check_word(value, word, what, at);
      if (!wrong.empty()) return at + ": " + wrong;
    }
    return {};
  }

private:
  std::string check_word(element value, std::string_view word, element what, const std::string& at) const {
    if (word == "description" || word == "default") return {};
    if (word == "additionalProperties") return what.is_bool() ? "" : check_others(value, what, at);
    if (word == "$ref") return check(value, referred(what), at);
    if (word == "type") return check_type(value, what);
    if (word == "anyOf") return check_any(value, what, at);
    if (word == "enum") return check_enum(value, what);
    if (word == "properties") return check_properties(value, what, at);
    if (word == "required") return check_required(value, what);
    if (word == "items") return check_items(value, what, at);
    if (word == "minLength" || word == "maxLength") return check_length(value, word, what);
    if (word == "maxItems") return is_over_items(value, what) ? "too many items" : "";
    if (word == "minimum" || word == "maximum") return check_bound(value, word, what);
    if (word == "format") return check_format(value, std::string_view(what));
    if (word == "pattern") return check_pattern(value, std::string(std::string_view(what)));
    return "the document says " + std::string(word) + ", which nobody here knows";
  }

  element referred(element reference) const {
    element found;
    const std::string_view pointer = std::string_view(reference).substr(1);
    PALABRE_ASSERT(document_.at_pointer(pointer).get(found) == simdjson::SUCCESS);
    return found;
  }
  static std::string check_type(element value, element types) {
    if (types.is_string()) return is_of_type(value, types) ? "" : "is not of type " + simdjson::minify(types);
    for (const element type : array(types))
      if (is_of_type(value, type)) return {};
    return "is of none of the types " + simdjson::minify(types);
  }
  std::string check_any(element value, element schemas, const std::string& at) const {
    std::string wrong;
    for (const element schema : array(schemas)) {
      wrong = check(value, schema, at);
      if (wrong.empty()) return {};
    }
    return wrong;
  }
  static std::string check_enum(element value, element allowed) {
    for (const element one : array(allowed))
      if (simdjson::minify(one) == simdjson::minify(value)) return {};
    return simdjson::minify(value) + " is none of " + simdjson::minify(allowed);
  }
  /// Fields that the document does not name are a complaint too: it has forgotten them.
  std::string check_properties(element value, element properties, const std::string& at) const {
    object fields;
    if (value.get(fields) != simdjson::SUCCESS) return {};
    for (const auto [name, field] : fields) {
      element schema;
      if (object(properties).at_key(name).get(schema) != simdjson::SUCCESS)
        return "has " + std::string(name) + ", which is not described";
      const std::string wrong = check(field, schema, at + "/" + std::string(name));
      if (!wrong.empty()) return wrong;
    }
    return {};
  }
  /// Of an object whose names nobody knows beforehand.
  std::string check_others(element value, element schema, const std::string& at) const {
    object fields;
    if (value.get(fields) != simdjson::SUCCESS) return {};
    for (const auto [name, field] : fields) {
      const std::string wrong = check(field, schema, at + "/" + std::string(name));
      if (!wrong.empty()) return wrong;
    }
    return {};
  }
  static std::string check_required(element value, element names) {
    object fields;
    if (value.get(fields) != simdjson::SUCCESS) return {};
    for (const element name : array(names)) {
      element field;
      if (fields.at_key(std::string_view(name)).get(field) != simdjson::SUCCESS)
        return "has no " + std::string(std::string_view(name));
    }
    return {};
  }
  std::string check_items(element value, element schema, const std::string& at) const {
    array items;
    if (value.get(items) != simdjson::SUCCESS) return {};
    for (const element item : items) {
      const std::string wrong = check(item, schema, at + "/-");
      if (!wrong.empty()) return wrong;
    }
    return {};
  }
  static std::string check_length(element value, std::string_view word, element bound) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return {};
    const std::uint64_t length = code_points(text), n = bound;
    return (word == "minLength" ? length >= n : length <= n) ? "" : "its length is " + std::to_string(length);
  }
  static bool is_over_items(element value, element bound) {
    array items;
    return value.get(items) == simdjson::SUCCESS && items.size() > std::uint64_t(bound);
  }
  static std::string check_bound(element value, std::string_view word, element bound) {
    if (!value.is_number()) return {};
    const double n = value.is_int64() ? static_cast<double>(std::int64_t(value)) : double(value);
    const double limit = static_cast<double>(std::int64_t(bound));
    return (word == "minimum" ? n >= limit : n <= limit) ? "" : "is out of bounds";
  }
  static std::string check_format(element value, std::string_view format) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return {};
    if (format == "uuid") return parse_uuid(text) ? "" : "is no id";
    if (format == "date-time") return parse_rfc3339(text) ? "" : "is no time";
    return format == "email" || format == "uri" || format == "int64"
               ? ""
               : "the document has the format " + std::string(format);
  }
  static std::string check_pattern(element value, const std::string& pattern) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return {};
    return std::regex_search(std::string(text), std::regex(pattern)) ? "" : "does not match " + pattern;
  }

  const element document_;
};

} // namespace

struct api_document::state {
  simdjson::dom::parser parser;
  element root;
  mutable simdjson::dom::parser answers;

  const std::string text = http::openapi_document(http::route_table(), "test");

  state() { PALABRE_ASSERT(parser.parse(text).get(root) == simdjson::SUCCESS); }

  std::optional<element> path_of(std::string_view path) const {
    std::optional<element> best;
    int literal = -1;
    for (const auto [pattern, operations] : object(root["paths"])) {
      const auto like = likeness(pattern, path);
      if (!like || *like <= literal) continue;
      literal = *like;
      best = operations;
    }
    return best;
  }
  std::string check(std::string_view json, element schema) const {
    element value;
    if (answers.parse(json.data(), json.size()).get(value) != simdjson::SUCCESS) return "is no JSON";
    return checker(root).check(value, schema, "");
  }
};

api_document::api_document() : state_(std::make_unique<state>()) {}
api_document::~api_document() = default;

std::string api_document::complaint_about(std::string_view method, std::string_view target, int status,
                                          std::string_view media, std::string_view body) const {
  const auto say = [&](const std::string& what) {
    return std::string(method) + ' ' + std::string(target) + " answers " + std::to_string(status) + ": " + what + "\n" +
           std::string(body.substr(0, 400));
  };
  std::string verb(method == "HEAD" ? "GET" : method);
  std::transform(verb.begin(), verb.end(), verb.begin(), [](char c) { return static_cast<char>(c | 0x20); });
  const auto path = state_->path_of(target.substr(0, target.find('?')));
  element operation, response;
  if (!path || path->at_key(verb).get(operation) != simdjson::SUCCESS) {
    if (body.empty() || !media.starts_with("application/problem+json")) return {};
    const std::string wrong = state_->check(body, state_->root.at_pointer("/components/schemas/Problem"));
    return wrong.empty() ? wrong : say(wrong);
  }
  if (object(operation["responses"]).at_key(std::to_string(status)).get(response) != simdjson::SUCCESS)
    return say("the document has no such answer");
  if (element reference; response["$ref"].get(reference) == simdjson::SUCCESS)
    response = state_->root.at_pointer(std::string_view(reference).substr(1));
  element content, as_media;
  if (response.at_key("content").get(content) != simdjson::SUCCESS)
    return body.empty() ? "" : say("there should be no body");
  if (body.empty()) return method == "HEAD" ? "" : say("there should be a body");
  if (content.at_key("*/*").get(as_media) == simdjson::SUCCESS) return {};
  if (content.at_key(media.substr(0, media.find(';'))).get(as_media) != simdjson::SUCCESS)
    return say("not as " + std::string(media));
  if (!media.starts_with("application/")) return {};
  const std::string wrong = state_->check(body, as_media["schema"]);
  if (!wrong.empty()) return say(wrong);
  element examples;
  if (as_media["examples"].get(examples) != simdjson::SUCCESS) return {};
  element problem, example; // of problems: the code must be one that the operation has
  PALABRE_ASSERT(state_->answers.parse(body.data(), body.size()).get(problem) == simdjson::SUCCESS);
  if (examples.at_key(std::string_view(problem["code"])).get(example) != simdjson::SUCCESS)
    return say("the document does not have this code here");
  return {};
}

std::string api_document::complaint_about_value(std::string_view schema_pointer, std::string_view json) const {
  return state_->check(json, state_->root.at_pointer(schema_pointer));
}

} // namespace palabre::testing
