#pragma once
#include "app/command_family.hpp"
#include "base/result.hpp"
#include "seed/filling.hpp"

#include <optional>
#include <string>

namespace palabre::app {

/// `palabre seed`: fills a running server with an invented community, over its public API. It exits with 0: it is
/// there; 1: the server refused something, or is not there; 2: used wrongly.
class seed_command : public command_family {
public:
  /// Adds the command to `program`. Requires: both outlive each other's use.
  explicit seed_command(CLI::App& program);

private:
  int fill();
  /// What was given; nullopt: one has to be made. Errors: invalid: too short, or a file that others can read; io.
  result<std::optional<std::string>> given_password() const;
  void report(const seed::community& whom, const seed::filling& done) const;

  std::string url_ = "http://127.0.0.1:8080", password_file_;
  seed::community_size size_;
};

} // namespace palabre::app
