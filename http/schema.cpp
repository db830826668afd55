#include "http/schema.hpp"

#include "events/emoji.hpp"
#include "events/text.hpp"

namespace palabre::http {

void body_checks::refuse(std::string code, std::string detail) {
  problems_.push_back({pointer_, std::move(code), std::move(detail)});
}

void body_checks::over_bound(std::string_view bound, std::uint64_t max) {
  refuse("limit_exceeded", std::string(bound) + ": at most " + std::to_string(max));
}

void body_checks::wrong_type(std::string_view expected) {
  refuse("wrong_type", "must be " + std::string(expected));
}

std::optional<std::string_view> body_checks::string_of(element from) {
  std::string_view text;
  if (from.get(text) != simdjson::SUCCESS) {
    wrong_type("a string");
    return std::nullopt;
  }
  // simdjson turns "\udc00" into three bytes that are no UTF-8.
  if (!simdjson::validate_utf8(text)) {
    malformed_ = true;
    return std::nullopt;
  }
  return text;
}

void body_checks::enter(std::string_view name) {
  entered_.push_back(pointer_.size());
  pointer_ += '/';
  pointer_ += name;
}

void body_checks::enter(std::size_t index) {
  enter(std::to_string(index));
}

void body_checks::leave() {
  pointer_.resize(entered_.back());
  entered_.pop_back();
}

namespace {

bool is_visible_ascii(char c) {
  return c > ' ' && c < '\x7f';
}

/// The host and what follows it; empty when `url` does not start as a web address does.
std::string_view behind_scheme(std::string_view url) {
  for (const std::string_view scheme : {"https://", "http://"})
    if (url.starts_with(scheme)) return url.substr(scheme.size());
  return {};
}

bool is_email(std::string_view text) {
  const auto at = text.find('@');
  if (at == 0 || at == text.npos || text.find('@', at + 1) != text.npos) return false;
  const std::string_view domain = text.substr(at + 1);
  if (domain.empty() || domain.front() == '.' || domain.back() == '.' || domain.find("..") != domain.npos) return false;
  return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c <= ' ' || c == 0x7f; });
}

} // namespace

void email_text::read(body_checks::element from, body_checks& checks) {
  const auto text = checks.string_of(from);
  if (!text) return;
  if (text->size() > limits::email_bytes_max) return checks.over_bound("email_bytes", limits::email_bytes_max);
  if (!is_email(*text)) return checks.refuse("not_an_email", "must be an e-mail address");
  value = *text;
}

void url_text::read(body_checks::element from, body_checks& checks) {
  const auto text = checks.string_of(from);
  if (!text) return;
  if (text->size() > limits::url_bytes_max) return checks.over_bound("url_bytes", limits::url_bytes_max);
  const std::string_view rest = behind_scheme(*text);
  const bool allowed = std::all_of(rest.begin(), rest.end(), [](char c) {
    return is_visible_ascii(c) && std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
  });
  if (rest.empty() || rest.front() == '/' || !allowed)
    return checks.refuse("not_a_url", "must be an absolute http or https URL");
  value = *text;
}

void emoji_text::read(body_checks::element from, body_checks& checks) {
  const auto text = checks.string_of(from);
  if (!text) return;
  auto emoji = text->size() <= limits::emoji_bytes_max ? events::canonical_emoji(*text) : std::nullopt;
  if (!emoji) return checks.refuse("not_an_emoji", "must be exactly one emoji");
  value = std::move(*emoji);
}

namespace reading {

void text_into(std::string& out, element from, std::size_t min, std::size_t max, std::string_view bound,
               line_breaks breaks, body_checks& checks) {
  const auto given = checks.string_of(from);
  if (!given) return;
  auto text = events::normalized_text(*given);
  if (!text) return checks.refuse("not_allowed", "control characters are not allowed");
  if (breaks == line_breaks::refused && text->find_first_of("\n\t") != text->npos)
    return checks.refuse("not_allowed", "must be a single line");
  const std::size_t count = events::code_points(*text);
  if (count > max) return checks.over_bound(bound, max);
  const bool blank = text->find_first_not_of(" \n\t") == text->npos;
  if (count < min || (blank && min > 0))
    return checks.refuse("too_short", "at least " + std::to_string(min) + " characters, not only white space");
  out = std::move(*text);
}

void secret_into(std::string& out, element from, std::size_t min, std::size_t max, std::string_view bound,
                 body_checks& checks) {
  const auto text = checks.string_of(from);
  if (!text) return;
  if (text->size() < min) return checks.refuse("too_short", "at least " + std::to_string(min) + " bytes");
  if (text->size() > max) return checks.over_bound(bound, max);
  out = *text;
}

void ascii_into(std::string& out, element from, std::size_t min, std::size_t max, std::string_view bound,
                body_checks& checks) {
  const auto text = checks.string_of(from);
  if (!text) return;
  if (text->size() < min) return checks.refuse("too_short", "at least " + std::to_string(min) + " characters");
  if (text->size() > max) return checks.over_bound(bound, max);
  if (!std::all_of(text->begin(), text->end(), is_visible_ascii))
    return checks.refuse("not_allowed", "visible ASCII characters only");
  out = *text;
}

void flag_into(bool& out, element from, body_checks& checks) {
  if (from.get(out) != simdjson::SUCCESS) checks.wrong_type("true or false");
}

void time_into(timestamp& out, element from, body_checks& checks) {
  const auto text = checks.string_of(from);
  if (!text) return;
  if (const auto time = parse_rfc3339(*text))
    out = *time;
  else
    checks.refuse("not_a_time", "must be a time as in RFC 3339");
}

void id_into(uuid& out, element from, body_checks& checks) {
  const auto text = checks.string_of(from);
  if (!text) return;
  if (const auto id = parse_uuid(*text))
    out = *id;
  else
    checks.refuse("not_an_id", "must be an id as the server made it");
}

void visibility_into(events::visibility& out, element from, body_checks& checks) {
  const auto text = checks.string_of(from);
  if (!text) return;
  if (const auto known = events::parse_visibility(*text))
    out = *known;
  else
    checks.refuse("not_allowed", "one of public, private");
}

std::optional<std::int64_t> signed_in(element from, std::int64_t min, std::int64_t max, body_checks& checks) {
  std::int64_t number = 0;
  const auto failed = from.get(number);
  if (failed && failed != simdjson::NUMBER_OUT_OF_RANGE) {
    checks.wrong_type("a whole number");
    return std::nullopt;
  }
  if (!failed && number >= min && number <= max) return number;
  checks.refuse("out_of_range", "from " + std::to_string(min) + " to " + std::to_string(max));
  return std::nullopt;
}

std::optional<std::uint64_t> unsigned_in(element from, std::uint64_t max, body_checks& checks) {
  std::uint64_t number = 0;
  const auto failed = from.get(number);
  if (failed && failed != simdjson::NUMBER_OUT_OF_RANGE) {
    checks.wrong_type("a whole number");
    return std::nullopt;
  }
  if (!failed && number <= max) return number;
  checks.refuse("out_of_range", "from 0 to " + std::to_string(max));
  return std::nullopt;
}

namespace {

/// Around the deepest metadata there is the body itself.
constexpr std::size_t nesting_max = limits::json_depth_max + 1;

problem malformed(std::string why) {
  return problem_of({errc::malformed, std::move(why)});
}

problem too_deep() {
  return malformed("json_depth: at most " + std::to_string(limits::json_depth_max) + " levels in a field");
}

/// Hands the root object of a parsed body to `read`.
std::optional<problem> fields(element root, void (*read)(object, void*, body_checks&), void* out) {
  object top;
  if (root.get(top) != simdjson::SUCCESS) return bad_field("", "wrong_type", "the body must be an object");
  body_checks checks;
  read(top, out, checks);
  if (checks.malformed()) return malformed("a string holds half of a surrogate pair");
  if (!checks.problems().empty()) return validation_failed(std::move(checks.problems()));
  return std::nullopt;
}

} // namespace

std::optional<problem> body(std::string_view json, void (*read)(object, void*, body_checks&), void* out) {
  thread_local simdjson::dom::parser parser;
  thread_local std::string padded;
  // simdjson refuses where the level *reaches* its bound.
  if (parser.max_depth() != nesting_max + 1 && parser.allocate(4 * 1024, nesting_max + 1) != simdjson::SUCCESS)
    return problem_of({errc::internal, "no memory for the JSON parser"});
  padded.assign(json);
  padded.reserve(json.size() + simdjson::SIMDJSON_PADDING);

  element root;
  const auto failed = parser.parse(padded.data(), padded.size(), false).get(root);
  if (failed == simdjson::DEPTH_ERROR) {
    // Where it is a field with a bound of its own that is too deep, the answer says so with that field's place.
    simdjson::dom::parser deeper;
    element deep;
    if (deeper.parse(padded.data(), padded.size(), false).get(deep) != simdjson::SUCCESS) return too_deep();
    auto wrong = fields(deep, read, out);
    return wrong ? std::move(wrong) : too_deep();
  }
  if (failed) return malformed(std::string("the body is not valid JSON: ") + simdjson::error_message(failed));
  return fields(root, read, out);
}

} // namespace reading
} // namespace palabre::http
