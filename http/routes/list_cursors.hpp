#pragma once
// Cursors of lists that go by ids, or by numbers.

#include "http/query.hpp"
#include "http/routes/cursor.hpp"

namespace palabre::http {

/// Where a list goes on behind `last`.
std::string make_id_cursor(std::string_view name_key, std::string_view list, const uuid& last);
/// `?cursor=`; nullopt: none, or no cursor of this list, which is noted in `query`.
std::optional<uuid> read_id_cursor(std::string_view name_key, std::string_view list, const call& c,
                                   query_reader& query);

std::string make_seq_cursor(std::string_view name_key, std::string_view list, std::uint64_t last);
std::optional<std::uint64_t> read_seq_cursor(std::string_view name_key, std::string_view list, const call& c,
                                             query_reader& query);

} // namespace palabre::http
