#include "events/room.hpp"

namespace palabre::events {
namespace {

constexpr char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base32: no I, L, O, U
constexpr std::size_t code_characters = 10;

} // namespace

std::optional<std::string> canonical_share_code(std::string_view text) {
  if (text.size() > 4 * code_characters) return std::nullopt;
  std::string code;
  for (char c : text) {
    if (c == '-') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    if (c == '\0' || std::string_view(alphabet).find(c) == std::string_view::npos) return std::nullopt;
    code += c;
  }
  if (code.size() != code_characters) return std::nullopt;
  return code;
}

std::string share_code_from(const std::uint8_t* random) {
  std::uint64_t bits = 0;
  for (int i = 0; i < 7; ++i) bits = bits << 8 | random[i];
  std::string code;
  for (std::size_t i = 0; i < code_characters; ++i, bits >>= 5) code += alphabet[bits & 31];
  return code;
}

} // namespace palabre::events
