#pragma once
#include <string>

namespace palabre::app {

/// A path for the address of a local socket, which takes about a hundred bytes: a longer one is reached through its
/// opened directory. Valid while this lives.
class reachable_path {
public:
  explicit reachable_path(const std::string& path);
  ~reachable_path();
  reachable_path(const reachable_path&) = delete;

  const std::string& text() const { return text_; }

private:
  std::string text_;
  int directory_ = -1;
};

} // namespace palabre::app
