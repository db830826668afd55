#include "app/process_usage.hpp"

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace palabre::app {
namespace {

/// The fields of /proc/self/stat behind the name, which may hold spaces: the first is the third of proc(5).
std::vector<std::string> stat_fields() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  const auto name_end = line.rfind(')');
  if (name_end == line.npos) return {};
  std::istringstream rest(line.substr(name_end + 1));
  return {std::istream_iterator<std::string>(rest), {}};
}

/// When the machine started, as Unix time.
double boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;)
    if (word == "btime" && file >> word) return std::stod(word);
  return 0;
}

/// Linux says it from 6.2 on. To count them takes half a second where there are 20,000.
std::uint64_t open_files() {
  struct stat about {};
  return ::stat("/proc/self/fd", &about) == 0 ? static_cast<std::uint64_t>(about.st_size) : 0;
}

} // namespace

process_usage usage_of_this_process() {
  constexpr std::size_t utime = 14 - 3, stime = 15 - 3, num_threads = 20 - 3, starttime = 22 - 3, vsize = 23 - 3,
                        rss = 24 - 3; // numbers of proc(5)
  process_usage all;
  static const double booted = boot_time();
  const double ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  if (const auto fields = stat_fields(); fields.size() > rss) {
    all.cpu_seconds = (std::stod(fields[utime]) + std::stod(fields[stime])) / ticks;
    all.start_time_seconds = booted + std::stod(fields[starttime]) / ticks;
    all.threads = std::stoull(fields[num_threads]);
    all.virtual_bytes = std::stoull(fields[vsize]);
    all.resident_bytes = std::stoull(fields[rss]) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  }
  all.open_files = open_files();
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) all.open_files_max = files.rlim_cur;
  return all;
}

} // namespace palabre::app
