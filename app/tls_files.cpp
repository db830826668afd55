#include "app/tls_files.hpp"

#include "app/private_file.hpp"
#include "http/server/tls_identity.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstring>

namespace palabre::app {
namespace {

constexpr std::size_t file_bytes_max = 256 * 1024;

result<std::string> read_pem(const std::string& option, const std::string& path, mode_t closed) {
  const storage::file_handle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return error{errc::io, option + ": cannot open " + path + ": " + std::strerror(errno)};
  auto text = read_private(file, path, {closed, file_bytes_max});
  if (!text) return error{text.error().code, option + ": " + text.error().context};
  return text;
}

} // namespace

result<bool> wants_tls(const tls_files& files) {
  if (files.certificate.empty() != files.key.empty())
    return error{errc::invalid, "tls.certificate_file and tls.key_file: one is given without the other"};
  return !files.certificate.empty();
}

result<timestamp> show_certificate(http::tls_identity& identity, const tls_files& files) {
  PALABRE_TRY(const auto chain, read_pem("tls.certificate_file", files.certificate, 0));
  PALABRE_TRY(const auto key, read_pem("tls.key_file", files.key, 027));
  const auto shown = identity.show(chain, key);
  if (!shown) {
    const std::string where = "tls: " + files.certificate + ", " + files.key + ": ";
    return error{shown.error().code, where + shown.error().context};
  }
  return identity.valid_until();
}

} // namespace palabre::app
