#include "http/routes/id_cursor.hpp"

#include "base/bytes.hpp"

namespace palabre::http {

std::string make_id_cursor(std::string_view name_key, std::string_view list, const uuid& last) {
  std::string mark;
  append_bytes(mark, last);
  return make_cursor(name_key, list, mark);
}

std::optional<uuid> read_id_cursor(std::string_view name_key, std::string_view list, const call& c,
                                   query_reader& query) {
  const std::string* given = c.query_value("cursor");
  if (!given) return std::nullopt;
  const auto mark = read_cursor(name_key, list, *given);
  if (mark && mark->size() == sizeof(uuid::bytes)) return uuid_from_bytes(mark->data());
  query.refuse("cursor", "not_a_cursor", "use a cursor as this list gave it, asked for the same things");
  return std::nullopt;
}

} // namespace palabre::http
