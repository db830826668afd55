#include "bench/measuring/process_tree.hpp"

#include <algorithm>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <unistd.h>

namespace palabre::bench {
namespace {

struct stat_line {
  pid_t parent = 0;
  double seconds = 0; ///< with children that ended
};

/// Of /proc/PID/stat; nothing if the process is gone. Fields as in proc(5): 4 is the parent, 14 to 17 are ticks.
std::optional<stat_line> read_stat(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 2));
  std::string state;
  stat_line read;
  fields >> state >> read.parent;
  for (int skipped = 5; skipped < 14; ++skipped) fields >> state;
  double user = 0, system = 0, children_user = 0, children_system = 0;
  fields >> user >> system >> children_user >> children_system;
  read.seconds = (user + system + children_user + children_system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  return read;
}

std::vector<std::pair<pid_t, pid_t>> all_processes() {
  std::vector<std::pair<pid_t, pid_t>> all;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto pid = static_cast<pid_t>(std::stol(name));
    if (const auto read = read_stat(pid)) all.emplace_back(pid, read->parent);
  }
  return all;
}

} // namespace

std::vector<pid_t> process_tree::members() const {
  std::vector<pid_t> found = roots_;
  const auto all = all_processes();
  for (std::size_t i = 0; i < found.size(); ++i)
    for (const auto& [pid, parent] : all)
      if (parent == found[i] && std::ranges::find(found, pid) == found.end()) found.push_back(pid);
  return found;
}

double process_tree::cpu_seconds() const {
  const auto all = members();
  clockid_t clock;
  timespec used{};
  if (all.size() == 1 && ::clock_getcpuclockid(all.front(), &clock) == 0 && ::clock_gettime(clock, &used) == 0)
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
  double sum = 0;
  for (const pid_t pid : all)
    if (const auto read = read_stat(pid)) sum += read->seconds;
  return sum;
}

std::uint64_t process_tree::resident_bytes() const {
  std::uint64_t pages = 0;
  for (const pid_t pid : members()) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
    std::uint64_t size = 0, resident = 0;
    if (file >> size >> resident) pages += resident;
  }
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

bool process_tree::is_running() const {
  return std::ranges::all_of(roots_, [](pid_t pid) { return ::kill(pid, 0) == 0; });
}

} // namespace palabre::bench
