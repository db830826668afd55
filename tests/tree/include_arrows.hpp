#pragma once
// Folders are the architecture: which folder may include which (docs/architecture.md, "Folders are the architecture").

#include "sources.hpp"

namespace palabre::tree {

/// Includes of `file` that no row of the table allows, and those that climb with `..`.
findings wrong_includes(const source& file);

} // namespace palabre::tree
