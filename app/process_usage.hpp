#pragma once
// What this process takes of its machine, from /proc.

#include <cstdint>

namespace palabre::app {

struct process_usage {
  double cpu_seconds = 0;        ///< of all its threads, in user and kernel mode
  double start_time_seconds = 0; ///< Unix time
  std::uint64_t resident_bytes = 0, virtual_bytes = 0;
  std::uint64_t open_files = 0; ///< 0 before Linux 6.2
  std::uint64_t open_files_max = 0;
  std::uint64_t threads = 0;
};

/// What cannot be read is 0. Threads: any.
process_usage usage_of_this_process();

} // namespace palabre::app
