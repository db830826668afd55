#pragma once
// A command that goes on until it is ended, and what it prints meanwhile.

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace palabre::testing {

class running_tool {
public:
  explicit running_tool(std::vector<std::string> arguments);
  ~running_tool();
  running_tool(const running_tool&) = delete;

  /// The next line, without its newline; waits up to a minute. nullopt: it printed its last.
  std::optional<std::string> line();
  /// From now on nobody reads what it prints.
  void stop_reading();
  void signal(int number) const;
  /// Waits for its end; how it exited.
  int wait();

private:
  pid_t process_ = -1;
  int printed_ = -1;
  std::string rest_;
};

} // namespace palabre::testing
