#pragma once

namespace palabre::bench {

/// What the host of a virtual machine has taken from all of its cores since it started, in seconds (proc(5), "steal");
/// 0 where nobody takes any, or nobody says so.
double stolen_seconds();

} // namespace palabre::bench
