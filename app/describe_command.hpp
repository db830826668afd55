#pragma once
#include "app/command_family.hpp"

#include <string>

namespace palabre::app {

/// `palabre describe openapi|errors|operations`: what the API is, printed from the table it runs by; for generating
/// clients and documents without a server.
class describe_command : public command_family {
public:
  /// Adds the command to `program`. Requires: both outlive each other's use.
  describe_command(CLI::App& program, std::string version);
};

} // namespace palabre::app
