#pragma once
// Which events somebody asks for: `palabre events` and the audit route mean the same by the same words.

#include "storage/record.hpp"

#include <optional>
#include <string>

namespace palabre::projections {

/// All that is asked for has to hold. Threads: any.
struct event_filter {
  std::optional<stream_id> stream;
  std::optional<user_id> user; ///< who acted
  std::optional<uuid> about;
  std::string about_quoted; ///< as it stands in payloads: set by ask_about
  std::optional<std::string> type, request;
  std::optional<timestamp> since, until;

  void ask_about(const uuid& id) {
    about = id;
    about_quoted = '"' + to_text(id) + '"';
  }

  bool takes(const storage::record& r) const {
    return (!stream || r.stream == *stream) && (!user || r.actor == *user) && (!type || r.type == *type) &&
           (!request || request_id_in(r.correlation) == *request) && (!since || r.time >= *since) &&
           (!until || r.time <= *until) && (!about || is_about(r));
  }

private:
  /// Its stream, its actor, or a field of its payload has that id. Inside of a text quotes are escaped, so that only a
  /// whole field is found.
  bool is_about(const storage::record& r) const {
    return r.stream.id == *about || r.actor == *about || r.payload.find(about_quoted) != std::string_view::npos;
  }
};

} // namespace palabre::projections
