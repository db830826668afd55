#include "app/reachable_path.hpp"

#include <fcntl.h>
#include <sys/un.h>
#include <unistd.h>

namespace palabre::app {

reachable_path::reachable_path(const std::string& path) : text_(path) {
  const std::size_t slash = path.rfind('/');
  if (path.size() < sizeof(sockaddr_un::sun_path) || slash == std::string::npos) return;
  directory_ = ::open(path.substr(0, slash).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory_ >= 0) text_ = "/proc/self/fd/" + std::to_string(directory_) + path.substr(slash);
}

reachable_path::~reachable_path() {
  if (directory_ >= 0) ::close(directory_);
}

} // namespace palabre::app
