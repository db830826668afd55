#include "events/permissions.hpp"

namespace palabre::events {

std::string_view name_of(visibility v) {
  return v == visibility::open ? "public" : "private";
}

std::optional<visibility> parse_visibility(std::string_view name) {
  if (name == "public") return visibility::open;
  if (name == "private") return visibility::closed;
  return std::nullopt;
}

const permission& permission_of(room_action action) {
  return permissions[static_cast<std::size_t>(action)];
}

namespace {

consteval bool is_in_order() {
  for (std::size_t i = 0; i < std::size(permissions); ++i)
    if (permissions[i].action != static_cast<room_action>(i)) return false;
  return std::size(permissions) == static_cast<std::size_t>(room_action::own) + 1;
}
static_assert(is_in_order());

} // namespace

bool may(const std::optional<standing>& place, visibility v, room_action action) {
  const permission& row = permission_of(action);
  return place ? row.of_role[static_cast<std::size_t>(place->as)] : row.of_others[static_cast<std::size_t>(v)];
}

} // namespace palabre::events
