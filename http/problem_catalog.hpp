#pragma once
// Every `code` that an answer can carry: the one place from which answers, the API's own description and docs/errors.md
// take status and words.

#include <span>
#include <string_view>

namespace palabre::http {

struct problem_kind {
  std::string_view code; ///< stable
  int status;
  std::string_view detail; ///< for a human, where the answer has nothing more precise to say
  std::string_view remedy; ///< what a client does about it
  bool retryable = false;
};

/// In the order of their status.
std::span<const problem_kind> problem_kinds();
/// Requires: the code is in the catalog.
const problem_kind& problem_kind_of(std::string_view code);
/// "Not Found"; of no known status "Error".
std::string_view title_of(int status);

} // namespace palabre::http
