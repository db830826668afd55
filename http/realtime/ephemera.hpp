#pragma once
// What is told to those who listen now and kept by nobody: it has no offset and never moves a position.

#include "http/realtime/delivery.hpp"

#include <memory>
#include <string_view>

namespace palabre::http::realtime {

/// A publication without offset in a room or in a user's channel: `event` is its data, `type` its tag.
/// Requires: JSON without newlines.
std::shared_ptr<channel_frames> ephemeral_publication(const channel_id& channel, std::string_view event,
                                                      std::string_view type);

} // namespace palabre::http::realtime
