#pragma once
#include "http/namespace_settings.hpp"
#include "http/realtime/outside_json.hpp"

#include <optional>
#include <string>

namespace palabre::http::realtime {

/// What another system gives a subscriber along: in a token, or by the server API.
struct subscription_grant {
  std::string info; ///< JSON, shown to others as `chan_info`; empty: none
  std::string data; ///< JSON that the subscriber gets in the answer; empty: none
  // Instead of what the namespace says.
  std::optional<bool> presence, join_leave, force_recovery, force_positioning, force_push_join_leave;

  /// The settings that count for this subscriber.
  namespace_settings applied_to(namespace_settings of) const;
};

/// Reads {info, b64info, data, b64data, override: {presence: {value}, …}}; a flag may stand without {value}.
/// nullopt: not such an object, or info or data is over its bound.
std::optional<subscription_grant> read_grant(json_object from);

} // namespace palabre::http::realtime
