#include "app/running_digest.hpp"

#include "app/file_error.hpp"
#include "base/assert.hpp"
#include "storage/synced_file.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

namespace palabre::app {
namespace {

constexpr std::size_t piece_bytes = 1024 * 1024;

/// Reads to the end, a piece at a time: `visit(bytes, offset)`.
template <class Visit>
result<file_sum> read_through(const std::string& path, Visit&& visit) {
  const storage::file_handle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return file_error(path);
  std::vector<char> piece(piece_bytes);
  running_digest digest;
  file_sum sum;
  for (;;) {
    const ssize_t got = ::read(file.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error(path);
    if (got == 0) break;
    const std::string_view bytes(piece.data(), static_cast<std::size_t>(got));
    digest.take(bytes);
    PALABRE_TRY(visit(bytes, sum.bytes));
    sum.bytes += bytes.size();
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
  return read_through(path, [](std::string_view, std::uint64_t) -> result<void> { return success(); });
}

result<file_sum> copy_summed(const std::string& from, const std::string& to) {
  const storage::file_handle copy(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!copy) return file_error(to);
  PALABRE_TRY(file_sum sum, read_through(from, [&](std::string_view bytes, std::uint64_t offset) {
                return storage::write_at(copy, bytes, offset, to);
              }));
  PALABRE_TRY(storage::sync_file(copy, to));
  return sum;
}

} // namespace palabre::app
