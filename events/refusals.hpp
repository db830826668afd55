#pragma once
#include <string_view>

namespace palabre::events {

/// The context of the refusal that a refresh token gets that was used before. It shares its code with tokens that prove
/// nothing, but only with it was the session closed.
inline constexpr std::string_view token_was_used_before = "this refresh token was used before; the session is closed";

} // namespace palabre::events
