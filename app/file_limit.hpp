#pragma once
#include <cstddef>

namespace palabre::app {

/// Lets this process open as many files as the system allows it: the soft limit is a default, not a decision. How many
/// that are.
std::size_t raise_file_limit();

} // namespace palabre::app
