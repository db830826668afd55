#pragma once
#include "http/realtime/delivery.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::http::realtime {

/// Whole frames that the hub keeps alive for the time of a flush, and what would keep them alive for longer.
struct lent_frames {
  const channel_frames_ptr* owner = nullptr;
  std::string_view bytes; ///< not empty
};

/// What a connection has to send, in order. All that fits goes to the socket in one gathered write; only what the
/// socket does not take is kept, by reference. Its bound is the connection's business (limits::outbox_bytes_max).
/// Threads: the connection's.
class outbox {
public:
  enum class outcome {
    sent,    ///< all of it
    blocked, ///< the socket is full: the rest is kept here
    broken   ///< the peer is gone
  };

  /// Bytes that are kept.
  std::size_t bytes() const { return bytes_; }
  bool empty() const { return bytes_ == 0; }

  /// Keeps whole frames.
  void push(std::string frames);
  void push(const lent_frames& frames);

  /// Sends what is kept, then `lent`. Never waits.
  outcome flush(int socket, std::span<const lent_frames> lent = {});

  /// Forgets all that has not begun to leave: of a frame of which the socket has taken a part, the rest stays.
  void drop_unsent(wire framing);

private:
  struct piece {
    std::shared_ptr<const void> owner;
    std::string_view bytes; ///< whole frames
  };

  void consume(std::size_t sent, std::span<const lent_frames>& lent);

  std::vector<piece> kept_;
  std::size_t first_ = 0;      ///< of kept_: those before are gone
  std::size_t first_sent_ = 0; ///< bytes of the first piece that the socket has
  std::size_t bytes_ = 0;
};

} // namespace palabre::http::realtime
