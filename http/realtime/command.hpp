#pragma once
#include "base/position.hpp"
#include "http/realtime/wire.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::http::realtime {

/// What a client has of a channel that the server subscribed it to.
struct channel_position {
  std::string channel;
  bool recover = false;
  stream_version offset = 0;
  std::string epoch;
};

/// What a client asks: one line of a message. Fields that a command does not have are as if they were absent.
struct command {
  enum class name : std::uint8_t {
    none, ///< `{}`: an answer to a ping
    connect,
    subscribe,
    unsubscribe,
    publish,
    presence,
    presence_stats,
    history,
    rpc,
    send,
    refresh,
    sub_refresh,
    ping
  };

  std::uint32_t id = 0;
  name what = name::none;
  std::string token;
  std::string channel;
  std::string method;
  std::string data; ///< JSON, minified; empty: none
  // connect
  std::vector<channel_position> subs;
  // subscribe
  bool recover = false;
  bool recoverable = false;
  bool positioned = false;
  bool join_leave = false;
  std::string tag_filter; ///< JSON; empty: none
  bool reject_unrecovered = false;
  std::int64_t type = 0;
  // history
  std::int64_t limit = 0;
  bool since = false;
  bool reverse = false;
  // subscribe with `recover`, history with `since`: what the client has
  stream_version offset = 0;
  std::string epoch;
};

/// Reads a command. nullopt: not JSON, nested deeper than limits::json_depth_max beyond the command's own levels, or a
/// field has another type than the protocol gives it; null counts as absent, unknown fields are ignored. Requires:
/// command_padding readable bytes behind `line`.
std::optional<command> parse_command(std::string_view line);
/// The same for what comes without an envelope on one-way wires: the body of a connect.
std::optional<command> parse_connect(std::string_view line);
extern const std::size_t command_padding;

/// Takes a line from the front of `rest`, without white space around it.
std::string_view take_line(std::string_view& rest);
/// Whether a first message on `w` parses: a connect without its envelope, or commands, at least one.
bool parses(std::string message, wire w);

} // namespace palabre::http::realtime
