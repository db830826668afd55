// Stored records: what decodes, encodes to the same bytes.
#include "fuzz.hpp"

#include "storage/record.hpp"

namespace palabre::fuzz {

void look_at(std::string_view input) {
  const auto read = storage::decode(input);
  if (!read) {
    PALABRE_ASSERT(read.error().code == errc::corrupt && !read.error().context.empty());
    return;
  }
  if (read.value().payload.size() > 64 * 1024) return; // more than is ever encoded
  PALABRE_ASSERT(storage::encode(read.value()) == input);
}

} // namespace palabre::fuzz
