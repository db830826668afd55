#include "http/routes/list_cursors.hpp"

#include "base/bytes.hpp"

namespace palabre::http {
namespace {

/// The mark of so many bytes; nullopt: no cursor was given, or none of this list, which is noted.
std::optional<std::string> read_mark(std::string_view name_key, std::string_view list, std::size_t bytes, const call& c,
                                     query_reader& query) {
  const std::string* given = c.query_value("cursor");
  if (!given) return std::nullopt;
  auto mark = read_cursor(name_key, list, *given);
  if (mark && mark->size() == bytes) return mark;
  query.refuse("cursor", "not_a_cursor", "use a cursor as this list gave it, asked for the same things");
  return std::nullopt;
}

} // namespace

std::string make_id_cursor(std::string_view name_key, std::string_view list, const uuid& last) {
  std::string mark;
  append_bytes(mark, last);
  return make_cursor(name_key, list, mark);
}

std::optional<uuid> read_id_cursor(std::string_view name_key, std::string_view list, const call& c,
                                   query_reader& query) {
  const auto mark = read_mark(name_key, list, sizeof(uuid::bytes), c, query);
  return mark ? std::optional(uuid_from_bytes(mark->data())) : std::nullopt;
}

std::string make_seq_cursor(std::string_view name_key, std::string_view list, std::uint64_t last) {
  std::string mark;
  put_int<std::uint64_t>(mark, last);
  return make_cursor(name_key, list, mark);
}

std::optional<std::uint64_t> read_seq_cursor(std::string_view name_key, std::string_view list, const call& c,
                                             query_reader& query) {
  const auto mark = read_mark(name_key, list, sizeof(std::uint64_t), c, query);
  return mark ? std::optional(get_int<std::uint64_t>(mark->data())) : std::nullopt;
}

} // namespace palabre::http
