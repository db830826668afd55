#pragma once
// The protocol's numbers (realtime-protocol.md 9), each with the words that go with it.

#include <cstdint>
#include <string_view>

namespace palabre::http::realtime {

/// Why the server ends a connection: code and reason of the close frame. A reason is never valid JSON: clients try to
/// parse it.
struct disconnection {
  std::uint16_t code;
  std::string_view reason;
};

namespace disconnections {
inline constexpr disconnection shutdown{3001, "shutdown"};
inline constexpr disconnection server_error{3004, "internal server error"};
inline constexpr disconnection expired{3005, "connection expired"};
inline constexpr disconnection subscription_expired{3006, "subscription expired"};
inline constexpr disconnection slow{3008, "slow"};
inline constexpr disconnection insufficient_state{3010, "insufficient state"};
inline constexpr disconnection force_reconnect{3011, "force reconnect"};
inline constexpr disconnection no_pong{3012, "no pong"};
inline constexpr disconnection too_many_requests{3013, "too many requests"};
inline constexpr disconnection invalid_token{3500, "invalid token"};
inline constexpr disconnection bad_request{3501, "bad request"};
inline constexpr disconnection stale{3502, "stale"};
inline constexpr disconnection force_disconnect{3503, "force disconnect"};
inline constexpr disconnection connection_limit{3504, "connection limit"};
inline constexpr disconnection channel_limit{3505, "channel limit"};
inline constexpr disconnection permission_denied{3507, "permission denied"};
inline constexpr disconnection not_available{3508, "not available"};
// of WebSocket itself
inline constexpr disconnection not_the_protocol{1002, "protocol error"};
inline constexpr disconnection not_utf8{1007, "invalid UTF-8"};
inline constexpr disconnection too_big{1009, "message too big"};
} // namespace disconnections

/// Why a command failed. `temporary`: the client may try again by itself.
struct command_error {
  int code;
  std::string_view message;

  bool temporary() const { return code == 100 || code == 111; }
};

namespace command_errors {
inline constexpr command_error internal{100, "internal server error"};
inline constexpr command_error unauthorized{101, "unauthorized"};
inline constexpr command_error unknown_channel{102, "unknown channel"};
inline constexpr command_error permission_denied{103, "permission denied"};
inline constexpr command_error method_not_found{104, "method not found"};
inline constexpr command_error already_subscribed{105, "already subscribed"};
inline constexpr command_error limit_exceeded{106, "limit exceeded"};
inline constexpr command_error bad_request{107, "bad request"};
inline constexpr command_error not_available{108, "not available"};
inline constexpr command_error token_expired{109, "token expired"};
inline constexpr command_error expired{110, "expired"};
inline constexpr command_error too_many_requests{111, "too many requests"};
inline constexpr command_error unrecoverable_position{112, "unrecoverable position"};
} // namespace command_errors

/// Why the server ends a subscription. Below 2500 it is final, from 2500 on the client subscribes again and recovers.
struct unsubscription {
  int code;
  std::string_view reason;
};

namespace unsubscriptions {
inline constexpr unsubscription by_server{2000, "server unsubscribe"};
inline constexpr unsubscription insufficient_state{2500, "insufficient state"};
inline constexpr unsubscription expired{2501, "subscription expired"};
} // namespace unsubscriptions

} // namespace palabre::http::realtime
