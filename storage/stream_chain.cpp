#include "storage/stream_chain.hpp"

namespace palabre::storage {

const char* contradiction(const stream_head& before, const record& r) {
  if (r.version != before.version + 1) return "its version does not follow that of its predecessor";
  if (r.previous != before.hash) return "does not hold the hash of its predecessor";
  return nullptr;
}

} // namespace palabre::storage
