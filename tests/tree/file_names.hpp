#pragma once
// No drawers: a name that could hold anything soon does.

#include "sources.hpp"

namespace palabre::tree {

/// The folders and files in `path` that are called util, common, helper, misc, detail or manager, alone or as a part of
/// a name (`room_manager.hpp`).
findings drawers_in(std::string_view path);

} // namespace palabre::tree
