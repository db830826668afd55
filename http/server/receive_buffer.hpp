#pragma once
// The bytes that came from a socket and are not used yet, in one piece.

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace palabre::http {

/// Grows as far as it is asked to; the reader of requests sets the bound. Threads: one.
class receive_buffer {
public:
  static constexpr std::size_t small = 4 * 1024; ///< what a waiting connection keeps

  std::string_view unread() const { return {bytes_.get() + begin_, end_ - begin_}; }

  /// Free space behind the unread bytes, at least `wanted` of it. Moves them: views of unread() end here.
  std::span<char> space(std::size_t wanted);
  void filled(std::size_t bytes) { end_ += bytes; }
  void take(std::size_t bytes) { begin_ += bytes; }

  /// Gives memory back that a large request needed. Does nothing while there are unread bytes.
  void shrink();

private:
  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
};

} // namespace palabre::http
