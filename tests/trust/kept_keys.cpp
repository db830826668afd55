#include "kept_keys.hpp"

#include "base/assert.hpp"

#include <cstdlib>
#include <filesystem>

namespace palabre::trust {

kept_keys::kept_keys(randomness& random)
    : directory_((std::filesystem::temp_directory_path() / "palabre-keys-XXXXXX").string()) {
  PALABRE_ASSERT(mkdtemp(directory_.data()) != nullptr);
  auto ring = storage::key_ring::open({directory_, {std::string(32, 'M')}, 0}, random);
  PALABRE_ASSERT(ring.has_value());
  seal_ = std::make_shared<const projections::record_seal>(std::move(ring).value(), random);
}

kept_keys::~kept_keys() {
  seal_.reset();
  std::error_code ignored; // nothing rests on it
  std::filesystem::remove_all(directory_, ignored);
}

} // namespace palabre::trust
