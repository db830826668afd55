#include "http/router.hpp"

#include "base/assert.hpp"

#include <simdjson.h>

namespace palabre::http {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Takes "/segment" off the front of `rest`. False at the end.
bool take_segment(std::string_view& rest, std::string_view& segment) {
  if (rest.empty() || rest.front() != '/') return false;
  const auto end = std::min(rest.find('/', 1), rest.size());
  segment = rest.substr(1, end - 1);
  rest.remove_prefix(end);
  return true;
}

bool is_capture(std::string_view segment) {
  return segment.starts_with('{') && segment.ends_with('}');
}

} // namespace

std::string_view name_of(verb v) {
  switch (v) {
  case verb::get: return "GET";
  case verb::post: return "POST";
  case verb::put: return "PUT";
  case verb::patch: return "PATCH";
  case verb::del: return "DELETE";
  }
  return "";
}

access path_rows::least_access() const {
  auto least = access::room_own;
  for (const route* r : by_verb)
    if (r) least = std::min(least, r->needs);
  return least;
}

std::string path_rows::allowed() const {
  std::string names;
  for (const route* r : by_verb) {
    if (!r) continue;
    if (!names.empty()) names += ", ";
    names += name_of(r->method);
    if (r->method == verb::get) names += ", HEAD";
  }
  return names;
}

router::router(const std::vector<route>& table) {
  for (const route& r : table) {
    node* at = &root_;
    std::string_view rest = r.path, segment;
    while (take_segment(rest, segment)) {
      std::unique_ptr<node>* next = &at->capture;
      if (!is_capture(segment)) {
        const auto found = std::find_if(at->literals.begin(), at->literals.end(),
                                        [segment](const auto& literal) { return literal.first == segment; });
        next = found != at->literals.end() ? &found->second : &at->literals.emplace_back(segment, nullptr).second;
      }
      if (!*next) *next = std::make_unique<node>();
      at = next->get();
    }
    const route*& row = at->rows.by_verb[static_cast<std::size_t>(r.method)];
    PALABRE_ASSERT(row == nullptr);
    row = &r;
    at->is_path = true;
    if (!r.rpc.empty()) PALABRE_ASSERT(rpcs_.emplace(r.rpc, &r).second);
  }
}

const path_rows* router::find(std::string_view path, std::vector<std::string>& captures) const {
  captures.clear();
  return find(root_, path, captures);
}

const path_rows* router::find(const node& at, std::string_view rest, std::vector<std::string>& captures) {
  if (rest.empty()) return at.is_path ? &at.rows : nullptr;
  std::string_view segment;
  if (!take_segment(rest, segment)) return nullptr;
  for (const auto& [literal, next] : at.literals) {
    if (literal != segment) continue;
    if (const path_rows* rows = find(*next, rest, captures)) return rows;
  }
  if (!at.capture || segment.empty()) return nullptr;
  auto value = percent_decoded(segment);
  if (!value) return nullptr;
  captures.push_back(std::move(*value));
  const path_rows* rows = find(*at.capture, rest, captures);
  if (!rows) captures.pop_back();
  return rows;
}

const route* router::find_rpc(std::string_view method) const {
  const auto found = rpcs_.find(method);
  return found != rpcs_.end() ? found->second : nullptr;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
    i += 2;
  }
  if (out.find('\0') != out.npos || !simdjson::validate_utf8(out)) return std::nullopt;
  return out;
}

std::string percent_encoded(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                            c == '.' || c == '_' || c == '~';
    if (unreserved)
      out += c;
    else {
      out += '%';
      out += digits[static_cast<unsigned char>(c) >> 4];
      out += digits[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

} // namespace palabre::http
