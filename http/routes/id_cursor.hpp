#pragma once
// Cursors of lists that go by ids.

#include "http/query.hpp"
#include "http/routes/cursor.hpp"

namespace palabre::http {

/// Where a list goes on behind `last`.
std::string make_id_cursor(std::string_view name_key, std::string_view list, const uuid& last);
/// `?cursor=`; nullopt: none, or no cursor of this list, which is noted in `query`.
std::optional<uuid> read_id_cursor(std::string_view name_key, std::string_view list, const call& c,
                                   query_reader& query);

} // namespace palabre::http
