#pragma once

namespace palabre::bench {

/// From now on Ctrl-C and SIGTERM do not end this process but make throw_if_interrupted() throw, so that servers end
/// and temporary directories go.
void catch_interruptions();

/// Throws std::runtime_error if one came. Cheap: called in every turn of a loop.
void throw_if_interrupted();

} // namespace palabre::bench
