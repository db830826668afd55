#pragma once
// An event as an administrator is shown it.

#include "http/services.hpp"
#include "storage/record.hpp"

#include <string>

namespace palabre::http {

/// Appends `{position, stream, type, v, at, actor: {id, display_name}, action, resource: {kind, id}, request_id, hash,
/// erased, data}`. The name of the actor is the one they have now; no actor: the system. Secrets of `data` are null;
/// personal fields are whole, or null where `erased` says that their person was erased. Threads: any.
/// Errors: io, corrupt, from_the_future.
result<void> append_audited_event(std::string& out, const storage::committed_record& record,
                                  projections::profiles& people);

} // namespace palabre::http
