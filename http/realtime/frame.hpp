#pragma once
// RFC 6455, the part behind the handshake: frames as bytes. Pure: no socket, no clock.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace palabre::http::realtime {

enum class opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

// ---- What a server sends: never masked, never fragmented

/// A text frame is written in place: begin, append the payload to `out`, end. Answers where the frame starts.
std::size_t begin_text_frame(std::string& out);
/// `start`: what begin_text_frame answered. Sets the header right for what was appended since.
void end_text_frame(std::string& out, std::size_t start);

std::string text_frame(std::string_view payload);
std::string binary_frame(std::string_view payload);
/// Requires: payload ≤ 125 bytes; `kind` is ping or pong.
std::string control_frame(opcode kind, std::string_view payload);
/// Requires: reason ≤ 123 bytes. Code 0: a close frame without a body.
std::string close_frame(std::uint16_t code, std::string_view reason);

// ---- What a client sends: masked, possibly in fragments with control frames in between

/// A complete message, or a control frame.
struct client_message {
  opcode kind = opcode::text; ///< never continuation
  std::string payload;

  /// Of a close frame; 0: it has no body.
  std::uint16_t close_code() const;
};

/// Takes a client's bytes apart, however they are cut. Holds one unfinished message; empty, it owns no memory.
class frame_decoder {
public:
  explicit frame_decoder(std::size_t message_bytes_max) : message_bytes_max_(message_bytes_max) {}

  /// Takes bytes from the front of `input` until a message is complete. nullopt: all was taken, or the stream is
  /// broken.
  std::optional<client_message> next(std::string_view& input);

  /// Why the stream is broken, as a close code; 0: it is not.
  /// 1002: not the protocol (unmasked, reserved bits, …); 1007: text that is not UTF-8; 1009: longer than
  /// message_bytes_max.
  std::uint16_t failure() const { return failure_; }

private:
  bool take_header(std::string_view& input);
  std::uint16_t wrong_with_start() const;
  std::uint16_t open_frame();
  void take_payload(std::string_view& input);
  std::optional<client_message> finish_frame();
  std::uint16_t wrong_with(const client_message& whole) const;

  bool is_control() const { return (header_[0] & 0x08) != 0; }
  std::size_t header_bytes() const;

  std::size_t message_bytes_max_;
  std::uint64_t payload_left_ = 0;
  std::array<std::uint8_t, 14> header_{};
  std::uint8_t header_size_ = 0; ///< bytes of it that are here
  bool in_payload_ = false;      ///< the header is complete
  bool in_message_ = false;      ///< a fragmented message has begun
  std::uint8_t mask_phase_ = 0;
  std::uint16_t failure_ = 0;
  opcode message_kind_ = opcode::text;
  std::string message_;
  std::string control_;
};

} // namespace palabre::http::realtime
