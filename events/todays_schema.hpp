#pragma once
#include <cstdint>
#include <string_view>

namespace palabre::events {

/// The schema version in which this binary writes, and shows, events of a type of this kind of stream. Requires: the
/// type is known.
std::uint16_t todays_schema(char kind, std::string_view type);

} // namespace palabre::events
