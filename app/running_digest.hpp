#pragma once
#include "base/digest.hpp"
#include "base/result.hpp"

#include <memory>

namespace palabre::app {

/// SHA-256 of bytes that come piece by piece. Threads: one.
class running_digest {
public:
  running_digest();
  running_digest(running_digest&&) noexcept;
  ~running_digest();

  void take(std::string_view bytes);
  /// In hexadecimal. Nothing may be taken after it.
  std::string finish();

private:
  struct state;
  std::unique_ptr<state> state_;
};

/// A file as manifests name it.
struct file_sum {
  std::uint64_t bytes = 0;
  std::string sha256; ///< in hexadecimal

  friend bool operator==(const file_sum&, const file_sum&) = default;
};

/// Errors: io.
result<file_sum> sum_of_file(const std::string& path);
/// Copies bytes into a new file, mode 0600, and syncs it; the sum is that of what was read. Errors: io.
result<file_sum> copy_summed(const std::string& from, const std::string& to);

} // namespace palabre::app
