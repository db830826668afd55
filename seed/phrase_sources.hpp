#pragma once
#include <span>
#include <string_view>

namespace palabre::seed {

/// A file of seed/phrases/, as it was when this was built.
struct phrase_source {
  std::string_view name; ///< of the file, without its ending
  std::string_view text;
};
std::span<const phrase_source> phrase_sources();

} // namespace palabre::seed
