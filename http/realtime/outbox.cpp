#include "http/realtime/outbox.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>

namespace palabre::http::realtime {

namespace {

constexpr std::size_t pieces_per_write_max = 64;
constexpr std::size_t idle_capacity_max = 8; // pieces an outbox keeps room for while it is empty

/// The bytes taken; -1: none, errno says why.
ssize_t send_gathered(int socket, iovec* pieces, std::size_t count) {
  msghdr message{};
  message.msg_iov = pieces;
  message.msg_iovlen = count;
  constexpr int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
  while (true) {
    // One piece is the usual case, and cheaper for the kernel to take in.
    const ssize_t sent =
        count == 1 ? ::send(socket, pieces->iov_base, pieces->iov_len, flags) : ::sendmsg(socket, &message, flags);
    if (sent >= 0 || errno != EINTR) return sent;
  }
}

iovec vector_of(std::string_view bytes) {
  return {const_cast<char*>(bytes.data()), bytes.size()};
}

} // namespace

void outbox::push(std::string frames) {
  auto owner = std::make_shared<const std::string>(std::move(frames));
  const std::string_view bytes = *owner;
  bytes_ += bytes.size();
  kept_.push_back({std::move(owner), bytes});
}

void outbox::push(const lent_frames& frames) {
  bytes_ += frames.bytes.size();
  kept_.push_back({*frames.owner, frames.bytes});
}

outbox::outcome outbox::flush(int socket, std::span<const lent_frames> lent) {
  while (bytes_ > 0 || !lent.empty()) {
    iovec pieces[pieces_per_write_max];
    std::size_t count = 0, total = 0;
    const auto add = [&](std::string_view bytes) {
      pieces[count++] = vector_of(bytes);
      total += bytes.size();
    };
    for (std::size_t i = first_; i < kept_.size() && count < pieces_per_write_max; ++i)
      add(kept_[i].bytes.substr(i == first_ ? first_sent_ : 0));
    for (std::size_t i = 0; i < lent.size() && count < pieces_per_write_max; ++i) add(lent[i].bytes);

    const ssize_t sent = send_gathered(socket, pieces, count);
    if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return outcome::broken;
    if (sent > 0) consume(static_cast<std::size_t>(sent), lent);
    if (sent < static_cast<ssize_t>(total)) {
      for (const lent_frames& rest : lent) push(rest);
      return outcome::blocked;
    }
  }
  return outcome::sent;
}

/// Takes away what the socket has. A lent piece that went out in part is kept from here on.
void outbox::consume(std::size_t sent, std::span<const lent_frames>& lent) {
  while (sent > 0 && first_ < kept_.size()) {
    const std::size_t left = kept_[first_].bytes.size() - first_sent_;
    const std::size_t taken = std::min(sent, left);
    sent -= taken;
    bytes_ -= taken;
    first_sent_ += taken;
    if (taken < left) break;
    kept_[first_++].owner.reset();
    first_sent_ = 0;
  }
  if (first_ == kept_.size()) {
    kept_.clear();
    first_ = 0;
    if (kept_.capacity() > idle_capacity_max) kept_.shrink_to_fit();
  } else if (first_ > pieces_per_write_max) { // a slow reader may never empty it
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  while (sent > 0) {
    const std::size_t size = lent.front().bytes.size();
    if (sent < size) {
      push(lent.front());
      bytes_ -= sent;
      first_sent_ = sent;
    }
    sent -= std::min(sent, size);
    lent = lent.subspan(1);
  }
}

void outbox::drop_unsent(wire framing) {
  if (first_sent_ == 0) {
    kept_.clear();
    first_ = bytes_ = 0;
    return;
  }
  piece begun = std::move(kept_[first_]);
  begun.bytes = begun.bytes.substr(0, end_of_message_at(begun.bytes, first_sent_ - 1, framing));
  kept_.clear();
  first_ = 0;
  bytes_ = begun.bytes.size() - first_sent_;
  if (bytes_ == 0)
    first_sent_ = 0;
  else
    kept_.push_back(std::move(begun));
}

} // namespace palabre::http::realtime
