#pragma once
// Every protocol that the generator speaks, each in a file of its own. bench/peers/README.md shows their frames.

#include "bench/load/dialect.hpp"

namespace palabre::bench {

std::unique_ptr<dialect> speak_palabre();
std::unique_ptr<dialect> speak_nchan();
std::unique_ptr<dialect> speak_nats();
std::unique_ptr<dialect> speak_socketio();
std::unique_ptr<dialect> speak_xmpp();

/// What servers need that make a room when it is named, and have no accounts: `prefix` and a number from 1.
place named_rooms(const std::string& prefix, std::size_t rooms);

} // namespace palabre::bench
