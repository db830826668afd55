#pragma once
// A Monday morning in one room, in a data directory of its own: the same bytes in every record each time.

#include "base/ids.hpp"

#include <filesystem>
#include <string>

namespace palabre::testing {

struct monday {
  /// Makes `folder`/data with a log and the views of it, as a server that was stopped leaves them.
  monday();
  ~monday() { std::filesystem::remove_all(folder); }
  monday(const monday&) = delete;

  std::string data() const { return folder + "/data"; }

  std::string folder;
};

} // namespace palabre::testing
