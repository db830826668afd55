#pragma once
// Every message of every actor. Commands come in through `gateway`; nothing else of actors/ is seen by the edge.

#include "actors/admission.hpp"
#include "actors/reply.hpp"
#include "events/room.hpp"
#include "events/user.hpp"
#include "storage/record.hpp"

#include <caf/all.hpp>

#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace palabre::actors {

/// What a command led to.
struct outcome {
  /// The records it appended, or, when `replayed`, those the same command appended when it first came: first those of
  /// the aggregate's stream; claims and notes behind them if there were claims, or it is from before notes were
  /// left out; notes alone if it appended nothing else. None: nothing to change.
  std::shared_ptr<const std::vector<storage::committed_record>> replayed_records; ///< set when `replayed`
  storage::appended appended;                                                     ///< set when it appended
  bool replayed = false;
  std::uint16_t first_status = 0; ///< when `replayed`: the status of the first answer
  position durable;               ///< what the answer rests on is in the log up to here

  std::size_t count() const { return replayed ? replayed_records->size() : appended.count; }
  const storage::committed_record& operator[](std::size_t i) const {
    return replayed ? (*replayed_records)[i] : appended[i];
  }
};

/// Who asks, and how the command is known in the log.
struct command_origin {
  user_id actor;
  std::string correlation;                ///< base/correlation.hpp
  std::vector<storage::idempotency> keys; ///< empty: not repeatable
};

/// To a room: decide this command. Immutable but for the reply, which is taken once.
struct room_request {
  room_id room;
  events::room_command command;
  events::room_facts facts;
  command_origin origin;
  mutable reply<outcome> answer;
  admission::ticket admitted{}; ///< given by the gateway, held until the answer
};

/// To a user: decide this command.
struct user_request {
  user_id user;
  events::user_command command;
  command_origin origin;
  mutable reply<outcome> answer;
  admission::ticket admitted{}; ///< given by the gateway, held until the answer
};

using room_request_ptr = std::shared_ptr<const room_request>;
using user_request_ptr = std::shared_ptr<const user_request>;

/// From the journal, to the room or user whose append it was: durable, or refused as a whole.
struct append_result {
  result<storage::appended> what;
};
using append_result_ptr = std::shared_ptr<const append_result>;

/// To an idle actor: finish what is in flight, and end.
struct retire {};
/// To the registry, by its own clock: retire whoever was idle for long.
struct sweep {};
/// To the registry: refuse what comes, retire everyone, then end.
struct drain {};

/// A room decides commands of one room, and hears what became of its appends.
using room_actor =
    caf::typed_actor<caf::reacts_to<room_request_ptr>, caf::reacts_to<append_result_ptr>, caf::reacts_to<retire>>;

/// A user does the same for one account.
using user_actor =
    caf::typed_actor<caf::reacts_to<user_request_ptr>, caf::reacts_to<append_result_ptr>, caf::reacts_to<retire>>;

/// The registry wakes the actor a command is for and passes it on; it lets idle ones go.
using registry_actor = caf::typed_actor<caf::reacts_to<room_request_ptr>, caf::reacts_to<user_request_ptr>,
                                        caf::reacts_to<sweep>, caf::reacts_to<drain>>;

/// The edge's way to the actors. Thread-safe. Never blocks, never throws.
/// Queue when full: *refuse*: too many commands in flight, in all or for one stream, are answered `overloaded` at once.
class gateway {
public:
  virtual ~gateway() = default;
  /// The answer comes exactly once, on a thread of the actors or at once on this one. Errors: those of the command
  /// (events/room.hpp, events/user.hpp), and: overloaded; already_done never (it is resolved into a replayed outcome);
  /// key_reused; version_mismatch (a claimed name was taken: the context has the index of the stream); unavailable;
  /// abandoned.
  virtual void send(room_request request) = 0;
  virtual void send(user_request request) = 0;
};

} // namespace palabre::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(palabre::actors::room_request_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(palabre::actors::user_request_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(palabre::actors::append_result_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(palabre::actors::retire)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(palabre::actors::sweep)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(palabre::actors::drain)
