#pragma once
// What may and may not be said in HTTP/1.1, as a table over a real socket (RFC 9110, RFC 9112).

#include <string>
#include <utility>
#include <vector>

namespace palabre::http {

/// Behind `bytes` a sound request follows at once. Whoever takes the end of the one for another place than the client
/// meant answers more or less than it should.
struct http_case {
  enum class end : bool { stays, closes };

  std::string group, name;
  std::string bytes;
  std::vector<int> answers; ///< statuses, in order, without that of what follows
  end then = end::stays;    ///< stays: what follows is answered; closes: it is not, and the end is orderly
  std::string says = {};    ///< a part of the last of `answers`
};

std::vector<http_case> http_cases();

/// By the name of the group.
using case_groups = std::vector<std::pair<std::string, std::vector<http_case>>>;
/// Those about where a request ends: part of http_cases().
case_groups framing_cases();

} // namespace palabre::http
