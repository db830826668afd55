#pragma once
// Programmer errors end the process, in every build. Never assert on input from outside.

namespace palabre {

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

} // namespace palabre

#define PALABRE_ASSERT(expression)                                                                                     \
  do {                                                                                                                 \
    if (!(expression)) [[unlikely]]                                                                                    \
      ::palabre::assertion_failed(#expression, __FILE__, __LINE__);                                                    \
  } while (false)
