// Cursors of lists, and base64url under them: nobody makes one that we did not give.
#include "fuzz.hpp"

#include "base/digest.hpp"
#include "http/routes/cursor.hpp"

namespace palabre::fuzz {

void look_at(std::string_view input) {
  using namespace http;
  PALABRE_ASSERT(from_base64url(to_base64url(input)) == input);
  const auto mark = read_cursor("key", "members", input);
  if (mark) PALABRE_ASSERT(from_base64url(make_cursor("key", "members", *mark)) == from_base64url(input));
  const std::string made = make_cursor("key", "members", input);
  PALABRE_ASSERT(read_cursor("key", "members", made) == std::string(input));
  PALABRE_ASSERT(!read_cursor("key", "rooms", made) && !read_cursor("other", "members", made));
}

} // namespace palabre::fuzz
