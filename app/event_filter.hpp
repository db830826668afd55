#pragma once
// Which events a command is asked for.

#include "app/commands.hpp"
#include "projections/event_filter.hpp"

namespace palabre::app {

using projections::event_filter;

/// Errors: invalid: the option, and what it must be.
result<event_filter> understand(const events_options& options);

} // namespace palabre::app
