#pragma once
// Runs coroutines to their end in a test.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <optional>

namespace palabre::http {

template <class T>
boost::asio::awaitable<void> keep(boost::asio::awaitable<T> what, std::optional<T>* into) {
  auto answer = co_await std::move(what);
  into->emplace(std::move(answer));
}

/// Starts `what`; `into` gets its answer, and has to live until then.
template <class T>
void start(boost::asio::io_context& context, boost::asio::awaitable<T> what, std::optional<T>& into) {
  const auto done = [](std::exception_ptr failed) {
    if (failed) std::rethrow_exception(failed);
  };
  boost::asio::co_spawn(context, keep(std::move(what), &into), done);
}

/// What `what` answers. `context` runs until nothing is left to do.
template <class T>
T run(boost::asio::io_context& context, boost::asio::awaitable<T> what) {
  std::optional<T> answer;
  start(context, std::move(what), answer);
  context.restart();
  context.run();
  return std::move(answer).value();
}

} // namespace palabre::http
