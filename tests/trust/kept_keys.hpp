#pragma once
// A key ring in a directory of its own, which goes when this goes. It is on a real disk that never fails: what becomes
// of the ring when one does is tested with the ring.

#include "projections/record_seal.hpp"

#include <memory>
#include <string>

namespace palabre::trust {

/// Threads: as its parts. Lifetime: `random` outlives it and whoever was given the seal.
class kept_keys {
public:
  explicit kept_keys(randomness& random);
  ~kept_keys();
  kept_keys(const kept_keys&) = delete;

  storage::key_ring& ring() const { return seal_->keys(); }
  const std::shared_ptr<const projections::record_seal>& seal() const { return seal_; }

private:
  std::string directory_;
  std::shared_ptr<const projections::record_seal> seal_;
};

} // namespace palabre::trust
