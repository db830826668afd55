#pragma once
// What the edge is given by app/: everything it may touch, by reference, and its settings.

#include "actors/protocol.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/limits.hpp"
#include "http/namespace_settings.hpp"
#include "http/rate_limits.hpp"
#include "http/reader_pool.hpp"
#include "http/server/client_address.hpp"
#include "http/tickets.hpp"
#include "projections/belongings.hpp"
#include "projections/invitations.hpp"
#include "projections/log_reader.hpp"
#include "projections/past.hpp"
#include "projections/profiles.hpp"
#include "projections/projector.hpp"
#include "projections/reading.hpp"
#include "projections/reports.hpp"
#include "projections/roster.hpp"
#include "projections/timeline.hpp"
#include "projections/users.hpp"
#include "search/searcher.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace palabre::http {

class token_authority;
class password_hasher;
class presence_desk;
class read_positions;
namespace realtime {
struct context;
}

struct edge_settings {
  std::chrono::seconds access_token_ttl{900};
  std::chrono::seconds refresh_token_ttl{7 * 24 * 3600};
  std::size_t connections_max = limits::connections_max;
  std::size_t connections_per_user_max = limits::connections_per_user_max;
  std::size_t io_threads = 1;
  std::chrono::seconds request_timeout{10}; ///< from the first byte of a request to its last
  std::chrono::seconds idle_timeout{75};    ///< between requests on a kept connection
  std::chrono::seconds ping_interval{25};   ///< realtime
  std::chrono::seconds pong_timeout{8};
  std::chrono::seconds connect_timeout{10};      ///< realtime: until the connect command
  std::chrono::seconds expired_grace{25};        ///< realtime: clients bring another token when the old one is over
  std::chrono::milliseconds drain_spread{1'000}; ///< over which 3001 goes out when draining
  std::chrono::seconds write_timeout{10};        ///< realtime: a socket that takes nothing for so long is given up
  std::size_t accepts_per_second = 10'000;       ///< new connections; more wait in the kernel's queue
  bool limits_enabled = true;                    ///< rates; bounds hold always
  rate_settings rates;
  std::chrono::milliseconds presence_grace{10'000}; ///< without any connection, until offline
  std::chrono::milliseconds presence_coalesce{250}; ///< between pushes of presence to one connection
  std::size_t presence_individuals_max = limits::presence_individuals_max; ///< connected in a room: above, counts only
  std::vector<std::string> allowed_origins;                                ///< beside the server's own
  proxy_list trusted_proxies;                                              ///< whose word on the client counts
  proxy_header proxies_write = proxy_header::x_forwarded_for;
  namespace_table namespaces;                  ///< of channels beside rooms
  std::vector<std::string> metrics_key_hashes; ///< SHA-256 in lower-case hex; with one, who has no key sees no metrics
  std::vector<std::string> administrators;     ///< logins, canonical: whoever has one is an administrator unpromoted
  std::string version;                         ///< of the server
  bool test_routes = false;                    ///< whether there is /test/echo
};

/// One check of /health/ready.
struct readiness_check {
  std::string name;                     ///< "log", "disk"; the edge adds "projections" itself
  std::function<std::string()> failure; ///< empty: fine; thread-safe, never blocks for long
};

/// Lifetime: all of it outlives the edge. Everything in it is safe from any thread.
struct services {
  actors::gateway& commands;
  projections::projector& views;
  projections::log_reader& log;
  projections::timeline_queries& timeline;
  projections::roster_queries& roster;
  projections::invitation_queries& invitations;
  projections::user_queries& users;
  projections::profiles& profiles;
  presence_desk& presence;
  token_authority& tokens;
  password_hasher& hasher;
  projections::reading_queries& reading;
  projections::belongings_queries& belongings;
  projections::report_queries& reports;
  projections::past_queries& past;
  read_positions& reads;
  const clock& time;
  randomness& random;
  std::string name_key; ///< for HMACs of logins, share codes and idempotency keys
  edge_settings settings;
  std::vector<readiness_check> readiness;
  std::string foreign_token_key = {};    ///< by which other systems vouch for their users; empty: none does
  search::searcher* search = nullptr;    ///< none: there is no search
  realtime::context* realtime = nullptr; ///< what realtime connections share; set by the server while there is one
  std::unique_ptr<ticket_office> tickets = std::make_unique<ticket_office>();
  std::function<std::string()> metrics = {}; ///< in Prometheus' text format; thread-safe; none: there is no /metrics
  /// What it reads goes through all of the others: it is stopped before they end.
  std::unique_ptr<reader_pool> readers = std::make_unique<reader_pool>(settings.io_threads);
};

} // namespace palabre::http
