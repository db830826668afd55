#pragma once
// What Palabre's own protocol can do beyond dialect.hpp: bring a listener who was away up to date.

#include "bench/load/dialect.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace palabre::bench {

/// How far a listener has come in its room.
struct room_position {
  std::uint64_t offset = 0; ///< of the last event that it has got; 0: of none
  std::string epoch;
};

/// A listener that knows where it is.
class positioned_session : public session {
public:
  /// From ready() on; it moves with each delivery and stays when the connection is over.
  virtual const room_position& position() const = 0;
};

/// A listener at `where`. With `from` it is one that comes back: what it missed comes as delivered(), in order, before
/// ready(), and a server that cannot give it drops it. Requires: where.listens; `at` and `who` outlive it.
std::unique_ptr<positioned_session> sit_with_position(loop& work, const endpoint& at, const seat& where,
                                                      participant& who, std::optional<room_position> from = {});

} // namespace palabre::bench
