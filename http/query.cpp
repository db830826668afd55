#include "http/query.hpp"

#include "base/assert.hpp"

#include <charconv>

namespace palabre::http {

std::optional<std::uint64_t> query_reader::integer(std::string_view name, std::uint64_t min, std::uint64_t max) {
  const std::string* text = call_.query_value(name);
  if (!text) return std::nullopt;
  std::uint64_t number = 0;
  const char* end = text->data() + text->size();
  const auto [rest, failed] = std::from_chars(text->data(), end, number);
  if (failed == std::errc{} && rest == end && number >= min && number <= max) return number;
  const bool number_like =
      rest == end || (text->starts_with('-') && text->find_first_not_of("0123456789", 1) == text->npos);
  refuse(name, number_like && !text->empty() ? "out_of_range" : "wrong_type",
         "a whole number from " + std::to_string(min) + " to " + std::to_string(max));
  return std::nullopt;
}

std::size_t query_reader::limit() {
  return integer("limit", 1, limits::page_items_max).value_or(limits::page_items_default);
}

bool query_reader::flag(std::string_view name) {
  const std::string* text = call_.query_value(name);
  if (!text || *text == "false") return false;
  if (*text != "true") refuse(name, "wrong_type", "true or false");
  return true;
}

std::vector<std::string_view> query_reader::id_texts(std::string_view name) {
  std::vector<std::string_view> texts;
  const std::string* const given = call_.query_value(name);
  if (!given || given->empty()) {
    refuse(name, "required", "ids with commas between them");
    return texts;
  }
  for (std::string_view rest = *given;;) {
    const auto comma = rest.find(',');
    if (texts.size() == limits::ids_per_request_max) {
      refuse(name, "limit_exceeded", "ids_per_request: at most " + std::to_string(limits::ids_per_request_max));
      return {};
    }
    texts.push_back(rest.substr(0, comma));
    if (comma == rest.npos) return texts;
    rest.remove_prefix(comma + 1);
  }
}

void query_reader::at_most_one_of(std::initializer_list<std::string_view> names) {
  bool found = false;
  for (const std::string_view name : names) {
    if (!call_.query_value(name)) continue;
    if (found) refuse(name, "not_allowed", "excludes the parameters before it");
    found = true;
  }
}

void query_reader::refuse(std::string_view name, std::string code, std::string detail) {
  problems_.push_back({"?" + std::string(name), std::move(code), std::move(detail)});
}

problem query_reader::take_problem() {
  PALABRE_ASSERT(!ok());
  return validation_failed(std::move(problems_));
}

} // namespace palabre::http
