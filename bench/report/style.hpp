#pragma once
#include <string_view>

namespace palabre::bench {

/// The style of every page: light, dark and print, by variables.
extern const std::string_view page_style;

} // namespace palabre::bench
