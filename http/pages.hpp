#pragma once
// The pages that are compiled into the binary: the files of pages/, as cmake/embed_pages.cmake found them. Immutable;
// any thread.

#include <span>
#include <string_view>

namespace palabre::http {

/// A file, as it is served.
struct embedded_page {
  std::string_view name;       ///< "chat.js": without a folder
  std::string_view media_type; ///< with its charset
  std::string_view etag;       ///< quoted; the start of the SHA-256 of the bytes
  std::string_view bytes;
};

/// All of them.
std::span<const embedded_page> embedded_pages();

/// nullptr: there is none of this name.
const embedded_page* find_page(std::string_view name);

} // namespace palabre::http
