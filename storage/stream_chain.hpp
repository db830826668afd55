#pragma once
#include "storage/event_log.hpp"

namespace palabre::storage {

/// What is wrong with `r` as the next record of a stream that stands at `before`; nullptr: nothing.
const char* contradiction(const stream_head& before, const record& r);

} // namespace palabre::storage
