#include "app/people_names.hpp"

#include "projections/projection.hpp"

namespace palabre::app {

result<person_named> people_names::find(user_id who, position at) {
  auto found = known_.find(who);
  if (found == known_.end()) {
    PALABRE_TRY(auto names, read(who));
    found = known_.emplace(who, std::move(names)).first;
  }
  person_named person{who, {}};
  for (const name& n : found->second)
    if (n.since <= at) person.name = n.text;
  return person;
}

result<std::vector<people_names::name>> people_names::read(user_id who) const {
  std::vector<name> names;
  result<void> sound = success();
  PALABRE_TRY(log_.read_stream(events::stream_of(who), 0, SIZE_MAX, [&](const storage::committed_record& r) {
    if (r.view.type != events::user_registered::type.name && r.view.type != events::profile_changed::type.name)
      return true;
    const auto decoded = projections::decode(r.view);
    if (!decoded) {
      sound = decoded.error();
      return false;
    }
    const auto& event = std::get<events::user_event>(decoded.value().event);
    if (const auto* registered = std::get_if<events::user_registered>(&event))
      names.push_back({r.view.at, registered->profile.display_name.value});
    if (const auto* changed = std::get_if<events::profile_changed>(&event))
      names.push_back({r.view.at, changed->profile.display_name.value});
    return true;
  }));
  PALABRE_TRY(std::move(sound));
  return names;
}

} // namespace palabre::app
