#pragma once
// A projection is a deterministic fold of the log into rows. Rebuilt from zero it gives the same bytes.

#include "base/result.hpp"
#include "events/catalog.hpp"
#include "storage/record.hpp"
#include "storage/views_batch.hpp"

#include <span>
#include <string>
#include <vector>

namespace palabre::projections {

/// A record and its event, decoded once for all projections. The envelope's texts and payload may be gone by then: a
/// fold has the event instead.
struct log_event {
  const storage::record& envelope;
  events::any_event event;

  events::event_meta meta() const { return {envelope.version, envelope.time, envelope.actor}; }
};

/// Threads: fold() on the projector's thread only.
class projection {
public:
  virtual ~projection() = default;
  virtual std::string_view name() const = 0;
  /// Raised with every change of rows or of their meaning: the views are computed anew.
  virtual std::uint32_t version() const = 0;
  /// The tables that are its own: nobody else reads or writes them while folding (projections/tables.hpp).
  virtual std::span<const storage::table> owned_tables() const = 0;
  /// Adds the changes that `e` makes; events come in log order, each once.
  /// Errors: io, corrupt: the projector stops and the server is no longer ready.
  virtual result<void> fold(const log_event& e, storage::views_batch& rows) = 0;
};

/// Errors: corrupt, from_the_future; the context has the position.
result<log_event> decode(const storage::record& record);

/// What a projection said that could not fold an event, with its name and the event's position.
error in_projection(const projection& p, const log_event& e, const error& why);

/// What a views store must have been computed by: names and versions, and the log's epoch.
std::string fingerprint(const std::vector<projection*>& projections, std::string_view epoch);

} // namespace palabre::projections
