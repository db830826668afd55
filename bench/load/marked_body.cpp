#include "bench/load/marked_body.hpp"

#include <cstring>

namespace palabre::bench {
namespace {

constexpr std::string_view start = "pbm-";
constexpr char digits[] = "0123456789abcdef";

void write_hex(char* at, std::uint64_t value, int width) {
  for (int i = width; i-- > 0; value >>= 4) at[i] = digits[value & 15];
}

bool read_hex(const char* at, int width, std::uint64_t& value) {
  value = 0;
  for (int i = 0; i < width; ++i) {
    const char c = at[i];
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return false;
    value = value << 4 | static_cast<unsigned>(digit);
  }
  return true;
}

} // namespace

// pbm-SSSSSSSSNNNNNNNNTTTTTTTTTTTTTTTT-x-: sender, number, time, then words to the asked length.
std::string marked_body(const mark& m, std::size_t size) {
  static constexpr std::string_view words = "what people write to each other when they have something to say and ";
  std::string body(std::max(size, mark::bytes), ' ');
  std::memcpy(body.data(), start.data(), start.size());
  write_hex(body.data() + 4, m.sender, 8);
  write_hex(body.data() + 12, m.number, 8);
  write_hex(body.data() + 20, static_cast<std::uint64_t>(m.intended_ns), 16);
  std::memcpy(body.data() + 36, "-x-", 3);
  for (std::size_t i = mark::bytes; i < body.size(); ++i) body[i] = words[(i - mark::bytes) % words.size()];
  if (body.back() == ' ') body.back() = '.'; // a server may take spaces away at the end
  return body;
}

std::size_t find_mark(std::string_view text, std::size_t& hint) {
  if (hint + mark::bytes <= text.size() && std::memcmp(text.data() + hint, start.data(), start.size()) == 0)
    return hint;
  const void* found = ::memmem(text.data(), text.size(), start.data(), start.size());
  if (!found) return std::string_view::npos;
  hint = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
  return hint;
}

std::optional<mark> read_mark(std::string_view text) {
  if (text.size() < mark::bytes || !text.starts_with(start)) return std::nullopt;
  std::uint64_t sender, number, time;
  if (!read_hex(text.data() + 4, 8, sender) || !read_hex(text.data() + 12, 8, number) ||
      !read_hex(text.data() + 20, 16, time))
    return std::nullopt;
  return mark{static_cast<std::uint32_t>(sender), static_cast<std::uint32_t>(number), static_cast<std::int64_t>(time)};
}

} // namespace palabre::bench
