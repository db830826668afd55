#include "http/ask.hpp"

#include "base/limits.hpp"
#include "http/pending_result.hpp"

namespace palabre::http {
namespace {

namespace asio = boost::asio;
using actors::outcome;

template <class Request>
asio::awaitable<result<outcome>> ask_actors(actors::gateway& gateway, Request request) {
  const auto send = [](auto resume, actors::gateway* to, Request what) {
    auto* pending = pending_result<outcome>::start(std::move(resume), limits::command_wait_max,
                                                   "no answer in time; the command may still be carried out");
    // A pointer alone: std::function keeps it without an allocation.
    what.answer = actors::reply<outcome>([pending](result<outcome> with) { pending->complete(std::move(with)); });
    to->send(std::move(what));
  };
  return asio::async_initiate<const asio::use_awaitable_t<>, void(result<outcome>)>(send, asio::use_awaitable, &gateway,
                                                                                    std::move(request));
}

} // namespace

asio::awaitable<result<outcome>> ask(actors::gateway& gateway, actors::room_request request) {
  return ask_actors(gateway, std::move(request));
}

asio::awaitable<result<outcome>> ask(actors::gateway& gateway, actors::user_request request) {
  return ask_actors(gateway, std::move(request));
}

asio::awaitable<result<void>> wait_for_views(projections::projector& views, position at) {
  if (views.applied() >= at) co_return success();
  const auto start = [](auto resume, projections::projector* projector, position wanted) {
    auto* pending = pending_result<void>::start(std::move(resume), limits::view_wait_max,
                                                "the views have not reached the position in time");
    projector->when_applied(wanted, [pending](result<void> with) { pending->complete(std::move(with)); });
  };
  auto waiting =
      asio::async_initiate<const asio::use_awaitable_t<>, void(result<void>)>(start, asio::use_awaitable, &views, at);
  auto reached = co_await std::move(waiting);
  co_return reached;
}

} // namespace palabre::http
