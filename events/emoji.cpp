#include "events/emoji.hpp"

#include "base/limits.hpp"

#include <simdjson.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace palabre::events {
namespace {

constexpr UChar32 variation_selector_16 = 0xFE0F;

bool is_skin_tone(UChar32 c) {
  return c >= 0x1F3FB && c <= 0x1F3FF;
}

bool is_rgi_emoji(const icu::UnicodeString& text) {
  return u_stringHasBinaryProperty(text.getBuffer(), text.length(), UCHAR_RGI_EMOJI);
}

/// UTS #51: fully qualified is with U+FE0F behind every emoji character whose default presentation is text, unless a
/// skin tone follows, which implies it.
icu::UnicodeString fully_qualified(const icu::UnicodeString& text) {
  icu::UnicodeString bare, out;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1))
    if (text.char32At(i) != variation_selector_16) bare.append(text.char32At(i));
  for (std::int32_t i = 0; i < bare.length();) {
    const UChar32 c = bare.char32At(i);
    i = bare.moveIndex32(i, 1);
    out.append(c);
    const bool text_by_default =
        u_hasBinaryProperty(c, UCHAR_EMOJI) && !u_hasBinaryProperty(c, UCHAR_EMOJI_PRESENTATION);
    const bool toned = i < bare.length() && is_skin_tone(bare.char32At(i));
    if (text_by_default && !toned) out.append(variation_selector_16);
  }
  return out;
}

} // namespace

std::optional<std::string> canonical_emoji(std::string_view text) {
  if (text.empty() || text.size() > limits::emoji_bytes_max || !simdjson::validate_utf8(text.data(), text.size()))
    return std::nullopt;
  const icu::UnicodeString given =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  for (const icu::UnicodeString& candidate : {fully_qualified(given), given}) {
    if (!is_rgi_emoji(candidate)) continue;
    std::string out;
    candidate.toUTF8String(out);
    return out;
  }
  return std::nullopt;
}

} // namespace palabre::events
