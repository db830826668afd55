#pragma once
// Keyset cursors: where a list goes on. Opaque to clients, and signed, so that nobody asks for a place they were not
// given.

#include "http/query.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace palabre::http {

/// `list` names the list it belongs to ("members:0190…"): a cursor is worth nothing for another one.
std::string make_cursor(std::string_view name_key, std::string_view list, std::string_view mark);

/// The mark; nullopt: not a cursor of this list.
std::optional<std::string> read_cursor(std::string_view name_key, std::string_view list, std::string_view cursor);

/// Of lists that go by ids.
std::string make_id_cursor(std::string_view name_key, std::string_view list, const uuid& last);
/// `?cursor=`; nullopt: none, or no cursor of this list, which is noted in `query`.
std::optional<uuid> read_id_cursor(std::string_view name_key, std::string_view list, const call& c,
                                   query_reader& query);

} // namespace palabre::http
