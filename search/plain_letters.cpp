#include "search/plain_letters.hpp"

#include <unicode/bytestream.h>
#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

namespace palabre::search {

std::string without_accents(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
    return std::string(text);
  UErrorCode failed = U_ZERO_ERROR;
  const icu::Normalizer2* const decomposing = icu::Normalizer2::getNFDInstance(failed);
  if (U_FAILURE(failed)) return std::string(text);
  const icu::UnicodeString apart = decomposing->normalize(
      icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())}), failed);
  if (U_FAILURE(failed)) return std::string(text);
  icu::UnicodeString kept;
  for (std::int32_t i = 0; i < apart.length(); i = apart.moveIndex32(i, 1))
    if (u_charType(apart.char32At(i)) != U_NON_SPACING_MARK) kept.append(apart.char32At(i));
  std::string plain;
  kept.toUTF8String(plain);
  return plain;
}

std::string in_small_letters(std::string_view text) {
  auto letters = icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
  letters.toLower(icu::Locale::getRoot());
  std::string small;
  letters.toUTF8String(small);
  return small;
}

} // namespace palabre::search
