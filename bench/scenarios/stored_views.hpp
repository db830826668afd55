#pragma once
#include <string>

namespace palabre::bench {

/// Removes the read models of a stopped server's data directory, whichever of its directories they are in.
void remove_views(const std::string& data);

} // namespace palabre::bench
