#include "base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace palabre {

void assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "palabre: assertion failed: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

} // namespace palabre
