#pragma once
#include <string>

namespace palabre::http {

/// The table of who may do what in a room, as Markdown: docs/permissions.md.
std::string permissions_document();

} // namespace palabre::http
