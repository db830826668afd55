#include "bench/measuring/environment.hpp"

#include <sys/resource.h>
#include <sys/utsname.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <thread>

namespace palabre::bench {
namespace {

/// What stands behind `key` and a separator in a file of lines; "unknown" if it is not there.
std::string line_of(const char* path, std::string_view key, char separator) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(key)) continue;
    const auto at = line.find(separator);
    if (at == std::string::npos) continue;
    const auto from = line.find_first_not_of(" \t\"", at + 1);
    if (from == std::string::npos) continue;
    const auto to = line.find_last_not_of(" \t\"");
    return line.substr(from, to - from + 1);
  }
  return "unknown";
}

std::string first_line_of(const char* path) {
  std::ifstream file(path);
  std::string line;
  return std::getline(file, line) ? line : "unknown";
}

std::string gibibytes(const std::string& kibibytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f GiB", std::strtod(kibibytes.c_str(), nullptr) / (1 << 20));
  return text;
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts);
  return text;
}

} // namespace

std::vector<name_and_text> describe_machine() {
  utsname kernel{};
  ::uname(&kernel);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  return {
      {"processor", line_of("/proc/cpuinfo", "model name", ':')},
      {"cores", std::to_string(std::thread::hardware_concurrency())},
      {"memory", gibibytes(line_of("/proc/meminfo", "MemTotal", ':'))},
      {"kernel", std::string(kernel.sysname) + " " + kernel.release + " " + kernel.machine},
      {"system", line_of("/etc/os-release", "PRETTY_NAME", '=')},
      {"clock", first_line_of("/sys/devices/system/clocksource/clocksource0/current_clocksource")},
      {"open files", std::to_string(files.rlim_cur)},
      {"load before", first_line_of("/proc/loadavg")},
      {"time", utc_now()},
  };
}

} // namespace palabre::bench
