#include "http/routes/entity_tag.hpp"

#include "base/digest.hpp"
#include "http/header_text.hpp"

#include <charconv>

namespace palabre::http {
namespace {

/// Takes the next tag off a comma-separated list, without its weakness mark. Ours hold no commas.
std::string_view next_tag(std::string_view& list) {
  const std::size_t comma = list.find(',');
  std::string_view tag = trimmed(list.substr(0, comma));
  list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  return tag;
}

bool is_of_seq(std::string_view tag, stream_version seq) {
  if (!tag.starts_with('"')) return false;
  stream_version found = 0;
  const auto [end, failed] = std::from_chars(tag.data() + 1, tag.data() + tag.size(), found);
  return failed == std::errc{} && end != tag.data() + tag.size() && (*end == '-' || *end == '"') && found == seq;
}

} // namespace

std::string entity_tag(stream_version seq, std::string_view body) {
  const sha256_digest digest = sha256(body);
  return '"' + std::to_string(seq) + '-' + to_base64url(as_bytes(digest).substr(0, 12)) + '"';
}

bool names_tag(std::string_view if_none_match, std::string_view tag) {
  while (!if_none_match.empty())
    if (const auto named = next_tag(if_none_match); named == "*" || named == tag) return true;
  return false;
}

bool allows_change(std::string_view if_match, stream_version seq) {
  if (if_match.empty()) return true;
  while (!if_match.empty())
    if (const auto tag = next_tag(if_match); tag == "*" || is_of_seq(tag, seq)) return true;
  return false;
}

problem changed_meanwhile() {
  return problem_of(
      {errc::version_mismatch, "it was changed since you read it: get it again, and apply your change to that"});
}

answer tagged_answer(const call& c, stream_version seq, std::string body) {
  answer a;
  std::string tag = entity_tag(seq, body);
  if (c.method == verb::get && names_tag(c.if_none_match, tag))
    a.status = 304;
  else
    a.body = std::move(body);
  a.headers.emplace_back("ETag", std::move(tag));
  a.headers.emplace_back("Cache-Control", "private");
  return a;
}

} // namespace palabre::http
