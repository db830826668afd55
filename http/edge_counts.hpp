#pragma once
// What the edge has counted since its start, summed over its threads: plain numbers, for /metrics.

#include "base/tally.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace palabre::http {

struct edge_counts {
  struct answered {
    std::string_view route;  ///< a row's name, or an entrance's; "none": nothing that there is
    std::string_view method; ///< "GET"; "other"
    int status_class;        ///< 1 to 5
    std::uint64_t count;
  };
  struct timed {
    std::string_view rate_class; ///< "read"; "other": of no row
    distribution micros;
  };
  struct problem {
    std::string_view code;
    int status;
    std::uint64_t count;
  };
  struct named {
    std::string_view name;
    std::uint64_t count;
  };

  std::vector<answered> requests; ///< those there were
  std::vector<timed> durations;
  std::vector<problem> problems;   ///< all of the catalog
  std::vector<named> rate_limited; ///< by rate class
  std::vector<named> connections;  ///< that are open: "http", and by how they speak realtime
  std::uint64_t connections_max = 0;
  std::uint64_t subscriptions = 0; ///< that there are
  std::uint64_t published = 0;     ///< publications that somebody listened to
  std::uint64_t delivered = 0;     ///< of one publication to one connection
  std::uint64_t unsent_bytes = 0;  ///< that sockets have not taken yet
  std::uint64_t slow_closed = 0;   ///< connections that took too little
  std::uint64_t lateness_ms = 0;   ///< of the io thread that is furthest behind
};

} // namespace palabre::http
