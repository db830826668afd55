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

bool may(std::optional<role> standing, visibility v, room_action action) {
  switch (action) {
  case room_action::see: return standing || v == visibility::open;
  case room_action::read:
  case room_action::post: return standing.has_value();
  case room_action::moderate: return standing && *standing >= role::moderator;
  case room_action::administrate: return standing && *standing >= role::admin;
  case room_action::own: return standing && *standing == role::owner;
  }
  return false;
}

} // namespace palabre::events
