#include "actors/actor_runtime.hpp"

#include "actors/registry.hpp"
#include "events/streams.hpp"

namespace palabre::actors {

struct actor_runtime::system {
  explicit system(std::size_t workers) : config(workers), actors(config) {}

  struct configuration : caf::actor_system_config {
    explicit configuration(std::size_t workers) {
      // One queue with immediate wake-ups: "stealing" workers poll and sleep, and answer an idle system late.
      set("scheduler.policy", caf::atom("sharing"));
      set("scheduler.max-threads", workers);
      set("scheduler.max-throughput", std::size_t{128}); // messages of one busy room before others have their turn
    }
  };
  configuration config;
  caf::actor_system actors;
  registry_actor root;
};

actor_runtime::actor_runtime(const decider_context& context, const runtime_settings& settings)
    : context_(context), system_(std::make_unique<system>(settings.workers)) {
  context_.counted = &counted_;
  system_->root = system_->actors.spawn(registry, &context_, settings.idle_before_passivation);
}

actor_runtime::~actor_runtime() {
  caf::anon_send(system_->root, drain{});
  system_->root = nullptr;
  system_->actors.await_all_actors_done();
}

template <class Request>
void actor_runtime::admit(const stream_id& stream, Request request) {
  auto ticket = admission_.enter(stream);
  if (!ticket) {
    result<outcome> refusal = error{errc::overloaded, "too many commands are waiting; try again in a moment"};
    counted_.count(refusal);
    return request.answer.answer(std::move(refusal));
  }
  request.admitted = std::move(*ticket);
  const auto shared = std::make_shared<const Request>(std::move(request));
  caf::anon_send(system_->root, shared);
}

void actor_runtime::send(room_request request) {
  const stream_id stream = events::stream_of(request.room);
  admit(stream, std::move(request));
}

void actor_runtime::send(user_request request) {
  const stream_id stream = events::stream_of(request.user);
  admit(stream, std::move(request));
}

} // namespace palabre::actors
