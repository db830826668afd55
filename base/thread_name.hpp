#pragma once
// What `top -H`, perf and gdb call a thread.

#include <cstddef>

#include <pthread.h>

namespace palabre {

/// Names the calling thread, in at most 15 characters.
template <std::size_t Size>
void name_this_thread(const char (&name)[Size]) {
  static_assert(Size <= 16);
  pthread_setname_np(pthread_self(), name);
}

} // namespace palabre
