#pragma once
#include "bench/scenarios/options.hpp"

namespace palabre::bench {

/// A day in a community: few rooms have most of the people and most of the talk (Zipf), people post, react, correct
/// themselves, read back, lose their line and return.
struct community {
  std::size_t rooms = 50;
  std::size_t members = 500;  ///< connections
  std::size_t accounts = 8;   ///< shared by the connections in turn; as many as members: one each
  std::size_t rooms_each = 5; ///< that a connection listens to
  double rate = 500;          ///< actions per second of all together, at random times
};

/// Of 100 actions: 60 posts, 20 reactions, 5 edits, 10 reads of history, 5 lost lines. Speaks to Palabre only.
/// Limits: nobody asks who is there.
result measure_mix(const options& how, const community& what, const tell_progress& tell);

} // namespace palabre::bench
