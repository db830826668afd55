#pragma once
#include "bench/report/progress.hpp"
#include "seed/filling.hpp"

#include <optional>
#include <set>
#include <string>

namespace palabre::app {

/// Shows on stderr how far `palabre seed` has come and what it waits for. Threads: one.
class seed_progress final : public seed::filling::listener, public seed::api_client::listener {
public:
  /// `made_password`: is told on stdout as soon as there is somebody who can log in with it.
  seed_progress(std::size_t people, std::optional<std::string> made_password);

  void phase(const std::string& name) override;
  void progress(double part, const std::string& words) override;
  void entered(bool is_new) override;
  /// False where everybody's turn would take longer than minutes: whoever fills a server would rather set a rate.
  bool waits(std::chrono::seconds time, const seed::api_answer& got) override;
  void done() { line_.done(); }

private:
  std::size_t people_left_;
  std::optional<std::string> made_password_;
  std::set<std::string, std::less<>> told_; ///< rates
  double part_ = 0;
  bench::progress line_;
};

} // namespace palabre::app
