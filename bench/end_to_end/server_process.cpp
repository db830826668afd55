#include "bench/end_to_end/server_process.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace palabre::bench {
namespace {

std::string make_directory() {
  std::string pattern = "/tmp/palabre.bench.XXXXXX";
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("cannot make a temporary directory");
  return pattern;
}

} // namespace

temporary_directory::temporary_directory() : path_(make_directory()) {}
temporary_directory::~temporary_directory() {
  std::filesystem::remove_all(path_);
}

server_process::server_process(const std::string& binary) : directory_(make_directory()) {
  int out[2];
  if (::pipe(out) != 0) throw std::runtime_error("pipe");
  child_ = ::fork();
  if (child_ == 0) {
    ::dup2(out[1], 1);
    ::close(out[0]);
    const std::string data = directory_ + "/data";
    ::execl(binary.c_str(), binary.c_str(), "serve", "--data", data.c_str(), "--listen", "127.0.0.1:0", "--set",
            "log.access=false", "--set", "log.level=warn", "--set", "limits.connections_per_user=20000", nullptr);
    ::_exit(127);
  }
  ::close(out[1]);
  FILE* lines = ::fdopen(out[0], "r");
  char line[256] = {};
  const bool said = std::fgets(line, sizeof line, lines) != nullptr;
  const std::string text(line);
  std::fclose(lines);
  const std::size_t colon = text.rfind(':');
  if (!said || colon == std::string::npos) throw std::runtime_error("the server did not start: " + text);
  port_ = static_cast<unsigned short>(std::stoi(text.substr(colon + 1)));
}

server_process::~server_process() {
  ::kill(child_, SIGTERM);
  ::waitpid(child_, nullptr, 0);
  std::filesystem::remove_all(directory_);
}

double server_process::cpu_seconds() const {
  std::ifstream file("/proc/" + std::to_string(child_) + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

} // namespace palabre::bench
