#pragma once
#include "bench/scenarios/request_run.hpp"

namespace palabre::bench {

/// Pages of the messages of one room.
struct history_reading {
  enum class part { newest, middle, oldest, random };

  request_load load;
  std::size_t messages = 10'000; ///< posted before the first page is read
  std::size_t body_bytes = 128;
  std::size_t limit = 50; ///< messages of a page
  part where = part::newest;
  std::string path; ///< of a server with another API, which has been filled; empty: a room of palabre's, filled here
};

/// `history`: what does it cost to read a page of messages? Every page is looked through for as many messages as asked.
result measure_history(const options& how, const history_reading& what, const tell_progress& tell);

/// How many messages a page of palabre's holds.
std::size_t count_messages(std::string_view page);

} // namespace palabre::bench
