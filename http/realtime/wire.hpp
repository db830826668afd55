#pragma once
// The ways in which the same messages reach a client: as WebSocket frames, as lines of a streamed answer, as
// server-sent events; each of them in answer to commands, or one-way. Pure: bytes only.

#include "http/realtime/codes.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace palabre::http::realtime {

enum class wire : std::uint8_t {
  websocket,
  http_stream,   ///< lines in an answer in chunks; commands come by /emulation
  sse,           ///< the same as server-sent events
  uni_websocket, ///< no commands behind the first: what is pushed comes without its envelope
  uni_http_stream,
  uni_sse,
  room_events ///< the events of one room for a plain EventSource, with ids to go on from
};

/// "websocket".
std::string_view name_of(wire w);

/// Frames of WebSocket, else chunks of an HTTP answer.
constexpr bool is_websocket(wire w) {
  return w == wire::websocket || w == wire::uni_websocket;
}
/// Whoever is on it says nothing but its first message.
constexpr bool is_one_way(wire w) {
  return w >= wire::uni_websocket;
}

/// A message is written in place: begin, append JSON to `out`, end. Answers where the frame starts.
std::size_t begin_message(std::string& out, wire w);
/// `start`: what begin_message answered. Sets what surrounds the message right.
void end_message(std::string& out, std::size_t start, wire w);
/// The same in one go.
std::string message(std::string_view json, wire w);

/// Appends a push: `body` is the inside of `{"push":{…}}`, without its braces.
void append_push_message(std::string& out, std::string_view body, wire w);

/// The last words on a connection: a close frame, or the push that stands for it and the end of the answer.
std::string farewell(const disconnection& why, wire w);

/// What comes before the first message, so that a browser and what stands before it see that there is a stream; may be
/// empty.
std::string preamble(wire w);

/// What keeps a connection alive, and asks for an answer where there are commands.
std::string ping_message(wire w);

/// Where the frame that `offset` lies in ends. Requires: `frames` are whole frames of `w`, offset < frames.size().
std::size_t end_of_message_at(std::string_view frames, std::size_t offset, wire w);

/// The JSON in the first frame of `frames`, which becomes what is behind it. Requires: whole frames of wire::websocket
/// with text.
std::string_view take_message(std::string_view& frames);

} // namespace palabre::http::realtime
