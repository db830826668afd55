#include "bench/scenarios/recover.hpp"

#include "bench/scenarios/recover_run.hpp"
#include "bench/scenarios/repeated.hpp"

#include <cstdio>
#include <stdexcept>

namespace palabre::bench {
namespace {

std::vector<name_and_text> parameters_of(const recovering& what) {
  char rate[64];
  std::snprintf(rate, sizeof rate, "%g posts/s", what.rate);
  return {{"connections", std::to_string(what.connections)},
          {"rooms", std::to_string(what.rooms)},
          {"missed by each", std::to_string(what.missed)},
          {"during the return", rate},
          {"handshakes at once", what.at_once ? std::to_string(what.at_once) : "all"},
          {"body", std::to_string(what.body_bytes) + " bytes"}};
}

} // namespace

result measure_recover(const options& how, const recovering& what, const tell_progress& tell) {
  if (how.protocol != "palabre")
    throw std::runtime_error("recover speaks the protocol palabre only: " + how.protocol +
                             " has no position that a client could come back with");
  auto into = begin_result(how, "recover", "How long does it take until all who were away have what they missed?",
                           parameters_of(what));
  return repeated(how, std::move(into), tell, [&](arena& server, const tell_progress& nth) {
    return recover_run(how, what, server, nth).measure();
  });
}

} // namespace palabre::bench
