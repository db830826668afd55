#pragma once
// How a command waits for the actors' answer, where nobody else waits for the thread it is on.

#include "actors/protocol.hpp"

#include <chrono>
#include <future>
#include <thread>
#include <utility>

namespace palabre::app {

/// Of a command that others are in the way of: it is tried for about a second.
constexpr int asking_attempts_max = 20;
constexpr std::chrono::milliseconds between_askings{50};

/// Waits for one command. Requires: not a thread of the actors. Errors: those of the command (actors::gateway).
template <class Request>
result<actors::outcome> ask(actors::gateway& commands, Request request) {
  std::promise<result<actors::outcome>> told;
  auto answer = told.get_future();
  request.answer =
      actors::reply<actors::outcome>([&](result<actors::outcome> what) { told.set_value(std::move(what)); });
  commands.send(std::move(request));
  return answer.get();
}

/// The same until the others who are at it let it through: `make` looks everything up anew.
template <class Make>
result<actors::outcome> ask_again(actors::gateway& commands, Make make) {
  for (int attempt = 1;; ++attempt) {
    PALABRE_TRY(auto request, make());
    auto done = ask(commands, std::move(request));
    if (done || attempt == asking_attempts_max) return done;
    const errc why = done.error().code;
    if (why != errc::stale_facts && why != errc::abandoned && why != errc::overloaded) return done;
    std::this_thread::sleep_for(between_askings);
  }
}

} // namespace palabre::app
