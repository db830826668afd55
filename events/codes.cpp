#include "events/room.hpp"

#include "base/digest.hpp"

namespace palabre::events {
namespace {

constexpr char code_alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base32: no I, L, O, U
constexpr std::size_t share_code_characters = 10, invitation_code_characters = 16;

std::optional<std::string> canonical_code(std::string_view text, std::size_t characters) {
  if (text.size() > 4 * characters) return std::nullopt;
  std::string code;
  for (char c : text) {
    if (c == '-') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    if (c == '\0' || std::string_view(code_alphabet).find(c) == std::string_view::npos) return std::nullopt;
    code += c;
  }
  if (code.size() != characters) return std::nullopt;
  return code;
}

/// Appends as many characters, of the lowest bits first.
void append_code(std::string& code, std::uint64_t bits, std::size_t characters) {
  for (std::size_t i = 0; i < characters; ++i, bits >>= 5) code += code_alphabet[bits & 31];
}

std::uint64_t number_of(const std::uint8_t* bytes, std::size_t count) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < count; ++i) bits = bits << 8 | bytes[i];
  return bits;
}

} // namespace

std::optional<std::string> canonical_share_code(std::string_view text) {
  return canonical_code(text, share_code_characters);
}

std::string share_code_from(const std::uint8_t* random) {
  std::string code;
  append_code(code, number_of(random, 7), share_code_characters);
  return code;
}

std::optional<std::string> canonical_invitation_code(std::string_view text) {
  return canonical_code(text, invitation_code_characters);
}

std::string invitation_code_from(const std::uint8_t* random) {
  std::string code;
  for (const std::size_t half : {0, 1})
    append_code(code, number_of(random + half * 5, 5), invitation_code_characters / 2);
  return code;
}

uuid invitation_code_digest(std::string_view code) {
  uuid digest;
  digest.bytes = shortened(sha256("invitation:" + std::string(code)));
  return digest;
}

} // namespace palabre::events
