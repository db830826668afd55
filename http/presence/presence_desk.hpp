#pragma once
// Where connections say that they come, act and go, and where presence is asked for. It turns the book's transitions
// into commands and the log's events into pushes.

#include "actors/protocol.hpp"
#include "http/presence/presence_fan_out.hpp"
#include "projections/log_reader.hpp"
#include "projections/projector.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>

namespace palabre::http {

struct edge_settings;

/// What the desk stands on. Lifetime: all of it outlives the desk.
struct presence_ground {
  actors::gateway& commands;
  const projections::projector& views;
  const projections::log_reader& log;
  const projections::presence_queries& rows;
  const projections::roster_queries& roster;
  const clock& time;
  const edge_settings& settings;
};

/// Threads: start and stop from the server's; tick() on one; the rest from any. Lifetime: outlives connections and
/// handlers; commands in flight may outlive it.
/// A tick comes about every 100 ms: transitions leave with the next one, at most
/// limits::presence_commands_per_tick_max of them; pushes leave every `presence_coalesce`. What an actor refuses
/// because it has too much to do comes again a second later. Facts heard and not yet taken in
/// (limits::presence_facts_max), when full: *drop and resync*. Limits: times are those of the wall clock; set back, it
/// delays what is due by as much.
class presence_desk {
public:
  /// Every desk is another boot.
  presence_desk(const presence_ground& ground, randomness& random);
  ~presence_desk();
  presence_desk(const presence_desk&) = delete;

  /// Ticks on `io` until stop().
  void start(boost::asio::io_context& io, presence_outlets out);
  /// No transition and no push after the tick in work: who loses their connection because the server drains has not
  /// left. Idempotent. Requires: before `io` goes.
  void stop();

  // ---- Connections

  /// A connection is one of `user`'s from now on.
  void arrive(user_id user);
  /// The user did something. A look-up under a lock; nothing happens unless they were away.
  void act(user_id user);
  /// Requires: arrived.
  void depart(user_id user);

  /// A listener of the journal: never blocks for long; a batch without presence and memberships costs a comparison for
  /// each record.
  void hear(const storage::committed_batch& batch);

  // ---- Asking

  const projections::presence_queries& rows() const;
  const presence_lease& lease() const;
  /// What the connections of `user` amount to: online, away or offline.
  events::presence_status automatic(user_id user) const;
  /// The connected people of a room, a tick or two late. Whoever has not come back after a restart is not among them.
  presence_fan_out::gathering gathered_in(room_id room) const;

  /// What is due now is done. By its own timer; by tests, whose time stands still.
  void tick();

private:
  struct state;
  std::shared_ptr<state> state_;
};

} // namespace palabre::http
