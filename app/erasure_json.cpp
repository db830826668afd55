// What the control socket says about an erasure.
#include "app/erasure.hpp"
#include "base/json_writer.hpp"

#include <simdjson.h>

namespace palabre::app {
namespace {

error not_understood(const std::string& json) {
  return {errc::malformed, "the server answered something else: " + json};
}

/// `read` takes the fields; false: one is missing or wrong.
template <class What, class Read>
result<What> parse(const std::string& json, Read read) {
  simdjson::dom::parser parser;
  simdjson::dom::object fields;
  What what;
  if (parser.parse(json).get(fields) != simdjson::SUCCESS || !read(fields, what)) return not_understood(json);
  return what;
}

bool read_user(const simdjson::dom::object& from, user_id& user) {
  std::string_view text;
  if (from["user_id"].get(text) != simdjson::SUCCESS) return false;
  const auto id = user_id::parse(text);
  if (id) user = *id;
  return id.has_value();
}

template <class Number>
bool read_number(const simdjson::dom::object& from, std::string_view name, Number& into) {
  std::uint64_t number = 0;
  if (from[name].get(number) != simdjson::SUCCESS) return false;
  into = static_cast<Number>(number);
  return true;
}

} // namespace

std::string to_json(const found_person& who) {
  std::string json = R"({"user_id":")" + to_text(who.user) + R"(","description":)";
  append_json_string(json, who.description);
  return json + '}';
}

result<found_person> parse_found_person(const std::string& json) {
  return parse<found_person>(json, [](const simdjson::dom::object& from, found_person& who) {
    std::string_view description;
    if (!read_user(from, who.user) || from["description"].get(description) != simdjson::SUCCESS) return false;
    who.description = description;
    return true;
  });
}

std::string to_json(const erasure& done) {
  return R"({"user_id":")" + to_text(done.user) + R"(","key_id":)" + std::to_string(done.key_id) + R"(,"rooms_left":)" +
         std::to_string(done.rooms_left) + R"(,"rooms_owned":)" + std::to_string(done.rooms_owned) +
         R"(,"was_unsealed":)" + (done.was_unsealed ? "true}" : "false}");
}

result<erasure> parse_erasure(const std::string& json) {
  return parse<erasure>(json, [](const simdjson::dom::object& from, erasure& done) {
    return read_user(from, done.user) && read_number(from, "key_id", done.key_id) &&
           read_number(from, "rooms_left", done.rooms_left) && read_number(from, "rooms_owned", done.rooms_owned) &&
           from["was_unsealed"].get(done.was_unsealed) == simdjson::SUCCESS;
  });
}

} // namespace palabre::app
