#pragma once
#include "bench/load/dialect.hpp"
#include "bench/scenarios/options.hpp"

namespace palabre::bench {

/// Messages that are posted to rooms and delivered to those who listen there.
struct traffic {
  std::size_t rooms = 1;
  std::size_t listeners = 0; ///< in each room
  std::size_t senders = 1;   ///< in all; at closed loop each has one post in flight
  double rate = 0;           ///< posts per second of all senders together, at random times; 0 = closed loop
  std::size_t body_bytes = 128;
  bool until_delivered = false; ///< a closed loop's post is in flight until its ack is there and every listener has it
};

/// `post`: what does it cost to have a message accepted?
result measure_post(const options& how, const traffic& what, const tell_progress& tell);
/// `fanout`: what does it cost to bring it to those who listen?
result measure_fanout(const options& how, const traffic& what, const tell_progress& tell);

} // namespace palabre::bench
