#pragma once
#include "bench/load/invented_community.hpp"

#include <functional>
#include <string>

namespace palabre::bench {

/// What a log was filled with.
struct filled_log {
  std::uint64_t events = 0, bytes = 0; ///< bytes: of all records
  std::string biggest_room;            ///< its id; it is open to anyone
  std::uint64_t events_of_biggest_room = 0;
};

/// Writes the events of an invented community into the empty log of a data directory, through the journal, as a server
/// would: it is a log like any other then. Needs DATA/secrets/name.key, which a server makes when it is started for the
/// first time; none may be running. `tell` is told which part is done.
/// Throws std::runtime_error if the log is not empty, or cannot be written.
filled_log fill_log(const std::string& data, const invented_community::plan& what,
                    const std::function<void(double part)>& tell);

} // namespace palabre::bench
