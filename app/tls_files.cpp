#include "app/tls_files.hpp"

#include "http/server/tls_identity.hpp"
#include "storage/synced_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace palabre::app {
namespace {

constexpr std::size_t file_bytes_max = 256 * 1024;

result<std::string> read_pem(const std::string& option, const std::string& path, bool is_secret) {
  const auto failed = [&](const char* what) {
    return error{errc::io, option + ": cannot " + what + " " + path + ": " + std::strerror(errno)};
  };
  const storage::file_handle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return failed("open");
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) return failed("look at");
  if (is_secret && (about.st_mode & 027) != 0)
    return error{errc::invalid, option + ": " + path + " is open to others; run: chmod 640 " + path};
  std::string text(file_bytes_max + 1, '\0');
  const ssize_t size = ::read(file.get(), text.data(), text.size());
  if (size < 0) return failed("read");
  if (static_cast<std::size_t>(size) > file_bytes_max)
    return error{errc::invalid, option + ": " + path + " is larger than 256 KiB"};
  text.resize(static_cast<std::size_t>(size));
  return text;
}

} // namespace

result<bool> wants_tls(const tls_files& files) {
  if (files.certificate.empty() != files.key.empty())
    return error{errc::invalid, "tls.certificate_file and tls.key_file: one is given without the other"};
  return !files.certificate.empty();
}

result<timestamp> show_certificate(http::tls_identity& identity, const tls_files& files) {
  PALABRE_TRY(const auto chain, read_pem("tls.certificate_file", files.certificate, false));
  PALABRE_TRY(const auto key, read_pem("tls.key_file", files.key, true));
  const auto shown = identity.show(chain, key);
  if (!shown) {
    const std::string where = "tls: " + files.certificate + ", " + files.key + ": ";
    return error{shown.error().code, where + shown.error().context};
  }
  return identity.valid_until();
}

} // namespace palabre::app
