#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace palabre::events {

/// One emoji, fully qualified as Unicode's data has it ("❤" becomes "❤️"); nullopt for anything else. By ICU.
std::optional<std::string> canonical_emoji(std::string_view text);

} // namespace palabre::events
