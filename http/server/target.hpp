#pragma once
// Request targets: their forms, and what percent signs mean in them (RFC 9112 §3.2, RFC 3986 §2.1). Pure functions.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace palabre::http {

/// A request target in its parts, as it came: still percent-encoded.
struct target_parts {
  std::string_view path;           ///< begins with '/'; or "*"
  std::string_view query = {};     ///< without the '?'
  std::string_view authority = {}; ///< host and port, of an absolute form
};

/// Takes origin-form ("/rooms?limit=1"), absolute-form ("http://host/rooms") and "*".
/// nullopt: another form, a fragment, or bytes that are not visible ASCII.
std::optional<target_parts> split_target(std::string_view target);

/// The parameters in their order, names and values decoded. '+' is a space, as HTML forms send it; a '+' itself comes
/// as %2B. "a" is ("a", ""); empty parts ("a=1&&b=2") are skipped. nullopt: escapes that do not decode (percent_decoded
/// in http/router.hpp).
std::optional<std::vector<std::pair<std::string, std::string>>> decoded_query(std::string_view query);

} // namespace palabre::http
