#pragma once
// The edge as a whole: listening socket, io threads with a hub each, connections.

#include "base/result.hpp"
#include "http/api.hpp"
#include "http/edge_counts.hpp"
#include "storage/record.hpp"

#include <memory>
#include <string>

namespace palabre::http {

class tls_identity;

/// Threads: the constructor, start, drain and the destructor from one thread; publish() from the journal's.
class server {
public:
  /// Requires: `table` outlives it (see api).
  explicit server(services& s, const std::vector<route>& table = route_table());
  ~server();
  server(const server&) = delete;

  /// Listens and serves, over TLS if there is an `identity`, which outlives this; returns the port (useful for port 0).
  /// Errors: io: the address is not usable, with the reason.
  result<unsigned short> start(const std::string& host, unsigned short port, const tls_identity* identity = nullptr);

  /// Encodes the batch's frames once and posts them to each hub. A listener of the journal: never blocks.
  void publish(const storage::committed_batch_ptr& batch);

  /// Stops accepting, answers what is in flight, closes WebSockets with 3001 over settings.drain_spread, then ends the
  /// io threads: at most `deadline` later. What is left then is cut off.
  void drain(std::chrono::milliseconds deadline);

  /// What it counted so far. Any thread, while it lives.
  edge_counts counts() const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace palabre::http
