#include "seed/rate_options.hpp"

namespace palabre::seed {
namespace {

struct row {
  std::string_view policy, option;
};
constexpr row options[] = {{R"("register";)", "limits.registrations_per_minute"},
                           {R"("log_in";)", "limits.login_per_minute"},
                           {R"("join";)", "limits.joins_per_minute"},
                           {R"("write";)", "limits.writes_per_second"},
                           {R"("read";)", "limits.requests_per_second"},
                           {R"("address";)", "limits.address_per_second"}};
constexpr std::string_view all_rates = "limits.enabled";

} // namespace

std::string_view option_of_rate(std::string_view rate_policy) {
  for (const auto& [policy, option] : options)
    if (rate_policy.starts_with(policy)) return option;
  return all_rates;
}

std::string how_to_lift(std::string_view rate_policy) {
  const auto option = option_of_rate(rate_policy);
  const std::string all = "`palabre serve --set limits.enabled=false` lifts every rate";
  return option == all_rates ? all : "the server's option " + std::string(option) + " sets this rate, and " + all;
}

} // namespace palabre::seed
