#include "http/realtime/frame.hpp"

#include "base/assert.hpp"
#include "base/bytes.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cstring>

namespace palabre::http::realtime {

namespace {

constexpr std::size_t short_payload_max = 125;
constexpr std::size_t medium_payload_max = 65'535;
constexpr std::size_t guessed_header_bytes = 4; // of payloads from 126 bytes to 64 KiB: nearly all

constexpr std::uint8_t final_bit = 0x80;
constexpr std::uint8_t mask_bit = 0x80;

std::string header_of(opcode kind, std::size_t size) {
  std::string out(1, static_cast<char>(final_bit | static_cast<std::uint8_t>(kind)));
  if (size <= short_payload_max) {
    out += static_cast<char>(size);
  } else if (size <= medium_payload_max) {
    out += static_cast<char>(126);
    put_int(out, static_cast<std::uint16_t>(size));
  } else {
    out += static_cast<char>(127);
    put_int(out, static_cast<std::uint64_t>(size));
  }
  return out;
}

std::string frame_of(opcode kind, std::string_view payload) {
  std::string out = header_of(kind, payload.size());
  out += payload;
  return out;
}

/// Copies `in` behind `out`, unmasked. `phase`: which byte of the mask comes first.
void append_unmasked(std::string& out, std::string_view in, const std::uint8_t* mask, std::size_t phase) {
  std::uint8_t turned[8];
  for (std::size_t i = 0; i < 8; ++i) turned[i] = mask[(phase + i) % 4];
  std::uint64_t wide;
  std::memcpy(&wide, turned, 8);

  const std::size_t start = out.size();
  out.resize(start + in.size());
  char* to = out.data() + start;
  std::size_t i = 0;
  for (; i + 8 <= in.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, in.data() + i, 8);
    word ^= wide;
    std::memcpy(to + i, &word, 8);
  }
  for (; i < in.size(); ++i) to[i] = static_cast<char>(static_cast<std::uint8_t>(in[i]) ^ turned[i % 8]);
}

bool may_be_sent_in_close(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

bool is_known(std::uint8_t code) {
  return code <= 2 || (code >= 8 && code <= 10);
}

} // namespace

std::size_t begin_text_frame(std::string& out) {
  const std::size_t start = out.size();
  out.append(guessed_header_bytes, '\0');
  return start;
}

void end_text_frame(std::string& out, std::size_t start) {
  const std::size_t size = out.size() - start - guessed_header_bytes;
  const std::string header = header_of(opcode::text, size);
  out.replace(start, guessed_header_bytes, header);
}

std::string text_frame(std::string_view payload) {
  return frame_of(opcode::text, payload);
}

std::string binary_frame(std::string_view payload) {
  return frame_of(opcode::binary, payload);
}

std::string control_frame(opcode kind, std::string_view payload) {
  PALABRE_ASSERT(payload.size() <= short_payload_max);
  return frame_of(kind, payload);
}

std::string close_frame(std::uint16_t code, std::string_view reason) {
  std::string body;
  if (code != 0) {
    put_int(body, code);
    body += reason;
  }
  return control_frame(opcode::close, body);
}

std::uint16_t client_message::close_code() const {
  return payload.size() >= 2 ? get_int<std::uint16_t>(payload.data()) : 0;
}

std::optional<client_message> frame_decoder::next(std::string_view& input) {
  while (failure_ == 0 && (in_payload_ || !input.empty())) {
    if (!in_payload_) {
      if (!take_header(input)) break;
      if ((failure_ = open_frame()) != 0) break;
    }
    take_payload(input);
    if (payload_left_ > 0) return std::nullopt; // all was taken
    if (auto whole = finish_frame()) return whole;
  }
  if (failure_ != 0) input = {};
  return std::nullopt;
}

std::size_t frame_decoder::header_bytes() const {
  if (header_size_ < 2) return 2;
  const std::uint8_t size = header_[1] & 0x7f;
  return 2u + (size == 126 ? 2 : size == 127 ? 8 : 0) + 4u;
}

/// True: the header is complete.
bool frame_decoder::take_header(std::string_view& input) {
  while (header_size_ < header_bytes()) {
    if (input.empty()) return false;
    const std::size_t count = std::min(input.size(), header_bytes() - header_size_);
    std::memcpy(header_.data() + header_size_, input.data(), count);
    header_size_ = static_cast<std::uint8_t>(header_size_ + count);
    input.remove_prefix(count);
    // What the first two bytes tell is refused before more is waited for.
    if (header_size_ >= 2 && (failure_ = wrong_with_start()) != 0) return false;
  }
  return true;
}

std::uint16_t frame_decoder::wrong_with_start() const {
  const bool final = (header_[0] & final_bit) != 0;
  const bool reserved_bits = (header_[0] & 0x70) != 0;
  const std::uint8_t code = header_[0] & 0x0f;
  const std::uint8_t size = header_[1] & 0x7f;
  if (reserved_bits || !is_known(code) || (header_[1] & mask_bit) == 0) return 1002;
  if (is_control()) return !final || size > short_payload_max ? 1002 : 0;
  const bool continues = code == 0;
  return continues != in_message_ ? 1002 : 0;
}

/// Reads the length and makes ready for the payload; answers a close code, or 0.
std::uint16_t frame_decoder::open_frame() {
  const auto* bytes = reinterpret_cast<const char*>(header_.data());
  const std::uint8_t size = header_[1] & 0x7f;
  payload_left_ = size == 126   ? get_int<std::uint16_t>(bytes + 2)
                  : size == 127 ? get_int<std::uint64_t>(bytes + 2)
                                : size;
  const bool longer_than_needed =
      (size == 126 && payload_left_ <= short_payload_max) || (size == 127 && payload_left_ <= medium_payload_max);
  if (longer_than_needed || payload_left_ >> 63 != 0) return 1002;
  if (!is_control()) {
    if (payload_left_ > message_bytes_max_ - message_.size()) return 1009;
    if (!in_message_) message_kind_ = static_cast<opcode>(header_[0] & 0x0f);
    in_message_ = true;
  }
  mask_phase_ = 0;
  in_payload_ = true;
  return 0;
}

void frame_decoder::take_payload(std::string_view& input) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_, input.size()));
  const std::uint8_t* mask = header_.data() + header_size_ - 4;
  append_unmasked(is_control() ? control_ : message_, input.substr(0, count), mask, mask_phase_);
  mask_phase_ = static_cast<std::uint8_t>((mask_phase_ + count) % 4);
  payload_left_ -= count;
  input.remove_prefix(count);
}

/// Ends the frame; answers the message if it is complete with it.
std::optional<client_message> frame_decoder::finish_frame() {
  in_payload_ = false;
  header_size_ = 0;
  if (!is_control() && (header_[0] & final_bit) == 0) return std::nullopt;

  client_message whole;
  if (is_control()) {
    whole = {static_cast<opcode>(header_[0] & 0x0f), std::move(control_)};
    control_ = {};
  } else {
    whole = {message_kind_, std::move(message_)};
    message_ = {};
    in_message_ = false;
  }
  if ((failure_ = wrong_with(whole)) != 0) return std::nullopt;
  return whole;
}

std::uint16_t frame_decoder::wrong_with(const client_message& whole) const {
  const std::string& payload = whole.payload;
  if (whole.kind == opcode::text) return simdjson::validate_utf8(payload) ? 0 : 1007;
  if (whole.kind != opcode::close || payload.empty()) return 0;
  if (payload.size() == 1 || !may_be_sent_in_close(whole.close_code())) return 1002;
  return simdjson::validate_utf8(payload.data() + 2, payload.size() - 2) ? 0 : 1007;
}

} // namespace palabre::http::realtime
