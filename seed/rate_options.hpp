#pragma once
#include <string>
#include <string_view>

namespace palabre::seed {

/// The server's option for the rate that a RateLimit-Policy header names, as "limits.login_per_minute"; for a rate that
/// has none, and for none, the one that lifts them all.
std::string_view option_of_rate(std::string_view rate_policy);

/// How whoever runs the server lets more through.
std::string how_to_lift(std::string_view rate_policy);

} // namespace palabre::seed
