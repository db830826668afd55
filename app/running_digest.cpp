#include "app/running_digest.hpp"

#include "base/assert.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace palabre::app {
namespace {

constexpr std::size_t piece_bytes = 1024 * 1024;

error failed(const std::string& path) {
  return {errc::io, path + ": " + std::strerror(errno)};
}

class descriptor {
public:
  descriptor(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  int get() const { return fd_; }

private:
  int fd_;
};

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Reads to the end, a piece at a time. `visit` answers false when it failed, with errno.
template <class Visit>
result<file_sum> read_through(const std::string& path, Visit&& visit) {
  const descriptor file(path, O_RDONLY);
  if (file.get() < 0) return failed(path);
  std::vector<char> piece(piece_bytes);
  running_digest digest;
  file_sum sum;
  for (;;) {
    const ssize_t got = ::read(file.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(path);
    if (got == 0) break;
    const std::string_view bytes(piece.data(), static_cast<std::size_t>(got));
    digest.take(bytes);
    sum.bytes += bytes.size();
    PALABRE_TRY(visit(bytes));
  }
  sum.sha256 = digest.finish();
  return sum;
}

} // namespace

struct running_digest::state {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

running_digest::running_digest() : state_(std::make_unique<state>()) {
  PALABRE_ASSERT(EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) == 1);
}
running_digest::running_digest(running_digest&&) noexcept = default;
running_digest::~running_digest() = default;

void running_digest::take(std::string_view bytes) {
  PALABRE_ASSERT(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

std::string running_digest::finish() {
  sha256_digest digest;
  PALABRE_ASSERT(EVP_DigestFinal_ex(state_->context.get(), digest.data(), nullptr) == 1);
  return to_hex(as_bytes(digest));
}

result<file_sum> sum_of_file(const std::string& path) {
  return read_through(path, [](std::string_view) -> result<void> { return success(); });
}

result<file_sum> copy_summed(const std::string& from, const std::string& to) {
  const descriptor copy(to, O_WRONLY | O_CREAT | O_EXCL);
  if (copy.get() < 0) return failed(to);
  PALABRE_TRY(file_sum sum, read_through(from, [&](std::string_view bytes) -> result<void> {
                if (!write_all(copy.get(), bytes)) return failed(to);
                return success();
              }));
  if (::fsync(copy.get()) != 0) return failed(to);
  return sum;
}

} // namespace palabre::app
