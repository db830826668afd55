#include "bench/measuring/stolen_time.hpp"

#include <unistd.h>

#include <fstream>
#include <string>

namespace palabre::bench {

double stolen_seconds() {
  std::ifstream file("/proc/stat");
  std::string cpu;
  double user = 0, nice = 0, system = 0, idle = 0, waiting = 0, interrupts = 0, soft = 0, stolen = 0;
  if (!(file >> cpu >> user >> nice >> system >> idle >> waiting >> interrupts >> soft >> stolen)) return 0;
  return stolen / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

} // namespace palabre::bench
