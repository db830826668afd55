// Request targets, query strings and percent signs: what is encoded decodes to the same.
#include "fuzz.hpp"

#include "http/router.hpp"
#include "http/server/target.hpp"

namespace palabre::fuzz {

void look_at(std::string_view input) {
  using namespace http;
  if (const auto decoded = percent_decoded(input)) {
    PALABRE_ASSERT(decoded->size() <= input.size());
    PALABRE_ASSERT(percent_decoded(percent_encoded(*decoded)) == decoded);
  }
  decoded_query(input);
  const auto parts = split_target(input);
  if (!parts) return;
  PALABRE_ASSERT(parts->path == "*" || parts->path.starts_with('/'));
  PALABRE_ASSERT(parts->path.size() + parts->query.size() <= input.size() + 1);
  if (const auto query = decoded_query(parts->query)) PALABRE_ASSERT(query->size() <= input.size() + 1);
}

} // namespace palabre::fuzz
