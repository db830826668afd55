#include "app/private_file.hpp"

#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace palabre::app {

result<std::string> read_private(const storage::file_handle& file, const std::string& path, const file_rules& rules) {
  const auto failed = [&](const char* what) {
    return error{errc::io, std::string("cannot ") + what + " " + path + ": " + std::strerror(errno)};
  };
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) return failed("look at");
  if ((about.st_mode & rules.closed) != 0)
    return error{errc::invalid,
                 path + " can be read by others; run: chmod " + ((rules.closed & 070) == 070 ? "600 " : "640 ") + path};
  std::string text(rules.bytes_max + 1, '\0');
  const ssize_t size = ::read(file.get(), text.data(), text.size());
  if (size < 0) return failed("read");
  if (static_cast<std::size_t>(size) > rules.bytes_max)
    return error{errc::invalid, path + " is larger than " + std::to_string(rules.bytes_max) + " bytes"};
  text.resize(static_cast<std::size_t>(size));
  return text;
}

} // namespace palabre::app
