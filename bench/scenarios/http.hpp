#pragma once
#include "bench/scenarios/request_run.hpp"

namespace palabre::bench {

/// The same GET again and again.
struct http_reading {
  request_load load;
  std::string path = "/health";
};

/// `http`: what does it cost to answer a request?
result measure_http(const options& how, const http_reading& what, const tell_progress& tell);

} // namespace palabre::bench
