#pragma once
// The actors as a whole: CAF's system, the registry, and the gateway in front of it.

#include "actors/admission.hpp"
#include "actors/decider.hpp"
#include "base/limits.hpp"

#include <memory>

namespace palabre::actors {

struct runtime_settings {
  std::size_t workers = 1; ///< CAF threads; more than the cores have spare make everything slower
  std::chrono::milliseconds idle_before_passivation = limits::idle_before_passivation;
};

/// Threads: send() from any. Lifetime: what the context refers to outlives it, the journal still running.
class actor_runtime final : public gateway {
public:
  actor_runtime(const decider_context& context, const runtime_settings& settings);
  /// Answers what is in flight, abandons what comes later, and waits for every actor to end.
  ~actor_runtime() override;

  void send(room_request request) override;
  void send(user_request request) override;

  std::uint32_t in_flight() const { return admission_.in_flight(); }
  const command_tallies& counted() const { return counted_; }

private:
  template <class Request>
  void admit(const stream_id& stream, Request request);

  command_tallies counted_;
  decider_context context_;
  admission admission_;
  struct system;
  std::unique_ptr<system> system_;
};

} // namespace palabre::actors
