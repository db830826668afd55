#pragma once
// A person is erased: what they are called and what they wrote can be read nowhere any more. The log stays whole. What
// happens in which order, and what remains, is told in docs/erasure.md.

#include "actors/protocol.hpp"
#include "projections/projector.hpp"
#include "storage/event_log.hpp"
#include "storage/key_ring.hpp"
#include "storage/views_store.hpp"

#include <functional>
#include <string>

namespace palabre::app {

/// What erasing stands on: all of it running, in a server or offline. Lifetime: outlives the call.
struct erasing_ground {
  const storage::event_log& log;
  storage::key_ring& keys;
  storage::views_store& views;
  projections::projector& projector;
  actors::gateway& commands;
  const clock& time;
  /// Blocks until no file of the search has words of theirs any more.
  std::function<result<void>(user_id user)> forget_in_search;
};

struct found_person {
  user_id user;
  std::string description; ///< "ada (0190…)", or the id alone of who has no account any more
};
/// Whom `text` names: an id, or a login. Errors: not_found, io, corrupt.
result<found_person> find_person(const storage::views_store& views, const std::string& name_key,
                                 const std::string& text);

struct erasure {
  user_id user;
  std::uint32_t key_id = 0; ///< of the destroyed key
  std::size_t rooms_left = 0;
  std::size_t rooms_owned = 0; ///< stay theirs, in name
  bool was_unsealed = false;   ///< the account is older than sealing: what it wrote until then stands open in the log
};

// As JSON, for the control socket. Errors of reading: malformed.
std::string to_json(const found_person& who);
result<found_person> parse_found_person(const std::string& json);
std::string to_json(const erasure& done);
result<erasure> parse_erasure(const std::string& json);

/// Removes the index of the search: a server that starts makes it anew. Errors: io.
result<void> remove_search(const std::string& directory);

/// Blocks until the views are at `at`. Requires: not the projector's thread. Errors: unavailable.
result<void> wait_for_views(projections::projector& projector, position at);

/// Blocks, for as long as it takes to write the views anew. One at a time, not while views are computed anew, and not
/// on a thread of the actors, the journal or the projector. From the moment it is noted it is going to be done: after
/// an error or a crash by finish_erasures(), or by the same call. Erased already: done again, to the same end. Errors:
/// not_found: there never was such a user, nothing was changed; unavailable, io, corrupt.
result<erasure> erase_user(const erasing_ground& ground, user_id user);

/// Whether somebody was noted who still has an account in the log, or a key. Costs a look-up for each that was ever
/// erased. Errors: corrupt, io.
result<bool> erasures_wait(const storage::event_log& log, const storage::key_ring& keys);

/// Does what was noted and is not finished: after a crash, or in a backup that is older than the list of the erased.
/// Whoever came into a room by a command that was on its way when they were erased leaves it.
/// Costs a look-up for each that was ever erased. Answers how many it was. Errors: as erase_user.
result<std::size_t> finish_erasures(const erasing_ground& ground);

} // namespace palabre::app
