#include "bench/scenarios/stored_views.hpp"

#include <filesystem>

namespace palabre::bench {

void remove_views(const std::string& data) {
  namespace fs = std::filesystem;
  for (const auto& entry : fs::directory_iterator(data))
    if (entry.path().filename().string().starts_with("views")) fs::remove_all(entry.path());
}

} // namespace palabre::bench
