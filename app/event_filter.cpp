#include "app/event_filter.hpp"

#include "app/moment.hpp"

#include "events/catalog.hpp"

#include <algorithm>

namespace palabre::app {
namespace {

template <class Id>
result<std::optional<Id>> parse_id(const char* option, const std::optional<std::string>& text) {
  if (!text) return std::optional<Id>{};
  const auto id = parse_uuid(*text);
  if (!id) return error{errc::invalid, std::string(option) + ' ' + *text + ": not an id"};
  return std::optional<Id>{Id{*id}};
}

result<void> check_type(const std::optional<std::string>& type) {
  const auto& types = events::all_types();
  if (!type || std::any_of(types.begin(), types.end(), [&](const auto& t) { return t.type.name == *type; }))
    return success();
  return error{errc::invalid, "--type " + *type + ": there is no such event type"};
}

} // namespace

result<event_filter> understand(const events_options& options) {
  event_filter f;
  PALABRE_TRY(const auto room, parse_id<room_id>("--room", options.room));
  if (room) f.stream = events::stream_of(*room);
  PALABRE_TRY(f.user, parse_id<user_id>("--user", options.user));
  PALABRE_TRY(const auto about, parse_id<uuid>("--about", options.about));
  if (about) f.ask_about(*about);
  PALABRE_TRY(check_type(options.type));
  f.type = options.type;
  f.request = options.request;
  if (options.since) {
    PALABRE_TRY(f.since, parse_time("--since", *options.since));
  }
  if (options.until) {
    PALABRE_TRY(f.until, parse_time("--until", *options.until));
  }
  return f;
}

} // namespace palabre::app
