#pragma once
// A blocking WebSocket client of someone else's making (Beast), with deadlines, and the realtime protocol's lines as
// JSON.

#include "http_client.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::testing {

/// How a WebSocket ended.
struct websocket_end {
  std::uint16_t code = 0; ///< 0: without a close frame
  std::string reason;
};

/// Throws std::runtime_error when nothing comes within the deadline.
class websocket_client {
public:
  static constexpr std::chrono::seconds patience{20};

  /// Throws when the handshake is refused.
  explicit websocket_client(unsigned short port, std::string_view path = "/connection/websocket");
  ~websocket_client();
  websocket_client(websocket_client&&) noexcept;

  /// A text message.
  void send(std::string_view text);
  /// Bytes as they are, frames included.
  void send_raw(std::string_view bytes);

  /// The next line; pings are answered and left out if `answers_pings`. nullopt: the connection has ended.
  std::optional<http_answer> next();
  /// The next line that has `pointer`, others are kept for next(). Throws when the connection ends first.
  http_answer next_with(std::string_view pointer);
  /// A line with `pointer` that was read already and not taken.
  std::optional<http_answer> take_if(std::string_view pointer);
  /// Sends a command and waits for its reply. `body`: as `"rpc":{…}`. Ids are counted from 1.
  http_answer ask(std::string_view body);
  /// Reads on until the connection has ended.
  websocket_end end();
  void close();

  bool answers_pings = true;

private:
  struct state;
  void read();
  std::optional<http_answer> take_behind(std::size_t& seen, std::string_view pointer);
  http_answer next_behind(std::size_t& seen, std::string_view pointer);
  std::unique_ptr<state> state_;
};

} // namespace palabre::testing
