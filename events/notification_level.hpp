#pragma once
#include <boost/describe.hpp>

#include <cstdint>

namespace palabre::events {

/// What somebody wants to be told of in a room: kept for their clients, which do the telling.
enum class notification_level : std::uint8_t { all, mentions, none };
BOOST_DESCRIBE_ENUM(notification_level, all, mentions, none)

} // namespace palabre::events
