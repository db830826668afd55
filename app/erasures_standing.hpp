#pragma once
#include "base/result.hpp"

#include <string>

namespace palabre::app {

/// How erasures stand, as the files of a key ring say.
struct erasures_standing {
  std::size_t noted = 0;
  std::size_t unfinished = 0; ///< noted, and the key not destroyed yet

  friend bool operator==(const erasures_standing&, const erasures_standing&) = default;
};

/// Of DIR/keys, without the master key, beside a server too. No ring: none. Errors: corrupt, io.
result<erasures_standing> look_at_erasures(const std::string& keys_directory);

} // namespace palabre::app
