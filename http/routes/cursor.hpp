#pragma once
// Keyset cursors: where a list goes on. Opaque to clients, and signed, so that nobody asks for a place they were not
// given.

#include <optional>
#include <string>
#include <string_view>

namespace palabre::http {

/// `list` names the list it belongs to ("members:0190…"): a cursor is worth nothing for another one.
std::string make_cursor(std::string_view name_key, std::string_view list, std::string_view mark);

/// The mark; nullopt: not a cursor of this list.
std::optional<std::string> read_cursor(std::string_view name_key, std::string_view list, std::string_view cursor);

/// Where the list at `path` goes on: a relative URL.
std::string link_to(std::string_view path, std::string_view cursor, std::size_t limit);

} // namespace palabre::http
