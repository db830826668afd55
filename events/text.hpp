#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace palabre::events {

/// Code points of valid UTF-8.
std::size_t code_points(std::string_view utf8);

/// Text that people wrote, in Unicode's NFC. nullopt: not UTF-8, or it has control characters other than newline and
/// tab. (A carriage return before a newline is dropped; one alone becomes a newline.)
std::optional<std::string> normalized_text(std::string_view utf8);

} // namespace palabre::events
