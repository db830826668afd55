#pragma once
#include "bench/scenarios/log_ground.hpp"

namespace palabre::bench {

/// `rebuild`: what does it take to compute the views anew? `palabre rebuild` of all of them; and a server that finds a
/// log and no views, until /health/ready says 200: before that it listens, and lets those wait who read.
result measure_rebuild(const options& how, const log_size& size, const tell_progress& tell);

/// A server that was killed.
struct killed_server {
  log_size log;
  std::size_t posts = 2'000; ///< accepted since its start; they must be there after the next one
};

/// `restart`: how long is a server away that was killed? From its start until it listens, until /health/ready says 200,
/// and until it has then accepted the first post, which goes to the largest room: nobody has used that one yet.
result measure_restart(const options& how, const killed_server& what, const tell_progress& tell);

} // namespace palabre::bench
