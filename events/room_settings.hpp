#pragma once
// What a room's administrators can change, in today's shape and in those that logs may hold.

#include "events/permissions.hpp"

#include <string>

namespace palabre::events {

inline void append_json(std::string& out, events::visibility value, secrets) {
  append_json_string(out, name_of(value));
}
void read_json(json_value value, visibility& out);

/// The whole of it stands in every event that changes it.
struct room_settings {
  std::string name;
  std::optional<std::string> description;
  std::optional<std::string> category;
  std::optional<std::string> color_theme;
  events::visibility visibility = events::visibility::closed;
  std::string time_zone = "UTC";
  std::uint32_t slow_mode_seconds = 0; ///< between two posts of a member; 0: as they like
  friend bool operator==(const room_settings&, const room_settings&) = default;
};
BOOST_DESCRIBE_STRUCT(room_settings, (),
                      (name, description, category, color_theme, visibility, time_zone, slow_mode_seconds))

struct room_settings_v1 {
  std::string name;
  std::optional<std::string> description;
  std::optional<std::string> category;
  std::optional<std::string> color_theme;
  events::visibility visibility = events::visibility::closed;
  std::string time_zone = "UTC";
};
BOOST_DESCRIBE_STRUCT(room_settings_v1, (), (name, description, category, color_theme, visibility, time_zone))

inline room_settings settings_from(room_settings_v1 old) {
  return {std::move(old.name),
          std::move(old.description),
          std::move(old.category),
          std::move(old.color_theme),
          old.visibility,
          std::move(old.time_zone),
          0};
}

} // namespace palabre::events
