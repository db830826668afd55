#pragma once
// A network between client and server that breaks what is delivered, so that an account of deliveries can be tested.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace palabre::testing {

/// What happens to deliveries on their way, and to which.
struct fault {
  enum class kind {
    none,
    drop,
    repeat,
    swap,  ///< with the next one of the same connection
    stray, ///< it comes as if it were what the other of two senders had said
  };
  enum class place {
    pushes,    ///< messages that come as they are said
    recoveries ///< messages that come with the answer to one who was away
  };
  kind what = kind::none;
  place in = place::pushes;
  std::uint64_t first = 1; ///< the delivery that it strikes, counted from 1 over all connections
  std::uint64_t every = 0; ///< and each so many after it; 0: that one only
};

/// A TCP proxy to 127.0.0.1:`server_port` that knows WebSocket frames and the realtime protocol from server to client;
/// everything else passes as it is. A thread of its own; ends with this.
class breaking_proxy {
public:
  breaking_proxy(unsigned short server_port, fault what);
  ~breaking_proxy();
  breaking_proxy(const breaking_proxy&) = delete;

  unsigned short port() const { return port_; }
  /// How often the fault has struck.
  std::uint64_t strikes() const { return strikes_; }

private:
  struct link;

  void work();
  void accept();
  void move_bytes(link& between, bool from_server);
  void take_from_server(link& between);
  void pass(link& between, std::string_view frame, std::string_view payload);
  void pass_push(link& between, std::string_view frame);
  std::string with_broken_publications(std::string_view payload);
  bool strikes_now(bool may);

  const unsigned short server_port_;
  const fault fault_;
  unsigned short port_ = 0;
  int listening_ = -1, stop_ = -1;
  std::vector<std::unique_ptr<link>> links_;
  std::uint64_t deliveries_ = 0; ///< of the fault's place
  std::atomic<std::uint64_t> strikes_{0};
  std::thread thread_; // last: it uses the others
};

} // namespace palabre::testing
