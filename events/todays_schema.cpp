#include "events/todays_schema.hpp"

#include "base/assert.hpp"
#include "events/catalog.hpp"

#include <map>

namespace palabre::events {

std::uint16_t todays_schema(char kind, std::string_view type) {
  static const std::map<std::pair<char, std::string_view>, std::uint16_t> schemas = [] {
    std::map<std::pair<char, std::string_view>, std::uint16_t> all;
    for (const auto& t : all_types()) all[{static_cast<char>(t.stream), t.type.name}] = t.type.schema;
    return all;
  }();
  const auto found = schemas.find({kind, type});
  PALABRE_ASSERT(found != schemas.end());
  return found->second;
}

} // namespace palabre::events
