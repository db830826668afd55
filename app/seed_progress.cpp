#include "app/seed_progress.hpp"

#include "seed/rate_options.hpp"

#include <iostream>
#include <unistd.h>

namespace palabre::app {
namespace {

constexpr std::chrono::minutes waiting_max{10};

} // namespace

seed_progress::seed_progress(std::size_t people, std::optional<std::string> made_password)
    : people_left_(people), made_password_(std::move(made_password)), line_(stderr, ::isatty(STDERR_FILENO) == 1) {}

void seed_progress::phase(const std::string& name) {
  part_ = 0;
  line_.phase(name);
}

void seed_progress::progress(double part, const std::string& words) {
  part_ = part;
  line_.update(part, words);
}

void seed_progress::entered(bool is_new) {
  --people_left_;
  if (!is_new || !made_password_) return;
  line_.done();
  std::cout << "Everybody's password is " << *made_password_
            << "\nIt was made for this run and is kept nowhere. To run this again, or go on after an interruption,\n"
               "give it in a file (--password-file) or as PALABRE_SEED_PASSWORD.\n"
            << std::endl;
  made_password_.reset();
}

bool seed_progress::waits(std::chrono::seconds time, const seed::api_answer& got) {
  line_.update(part_, "waiting " + std::to_string(time.count()) + " s");
  if (got.status != 429) return time <= waiting_max;
  const auto option = seed::option_of_rate(got.rate_policy);
  const bool concerns_each = option == "limits.registrations_per_minute" || option == "limits.login_per_minute";
  if (time * (concerns_each ? people_left_ : 1) > waiting_max) return false;
  if (told_.emplace(option).second) {
    line_.done();
    std::cerr << "palabre: " << got.text("/detail").value_or("the server asks for patience")
              << ": waiting as long as it says; " << seed::how_to_lift(got.rate_policy) << '\n';
  }
  return true;
}

} // namespace palabre::app
