#pragma once
// Which events a command is asked for.

#include "app/commands.hpp"
#include "storage/record.hpp"

namespace palabre::app {

/// The options of `palabre events`, understood. Threads: any.
struct event_filter {
  std::optional<stream_id> stream; ///< of --room
  std::optional<user_id> user;
  std::optional<uuid> about;
  std::string about_quoted; ///< as it stands in payloads
  std::optional<std::string> type, request;
  std::optional<timestamp> since, until;

  bool takes(const storage::record& r) const {
    return (!stream || r.stream == *stream) && (!user || r.actor == *user) && (!type || r.type == *type) &&
           (!request || request_id_in(r.correlation) == *request) && (!since || r.time >= *since) && (!until || r.time <= *until) &&
           (!about || is_about(r));
  }

private:
  /// Its stream, its actor, or a field of its payload has that id. Inside of a text quotes are escaped, so that only a
  /// whole field is found.
  bool is_about(const storage::record& r) const {
    return r.stream.id == *about || r.actor == *about || r.payload.find(about_quoted) != std::string_view::npos;
  }
};

/// Errors: invalid: the option, and what it must be.
result<event_filter> understand(const events_options& options);

} // namespace palabre::app
