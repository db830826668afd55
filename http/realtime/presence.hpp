#pragma once
// Who is there: the connections that listen to a channel, as others see them.

#include "http/realtime/channel.hpp"
#include "http/realtime/identity.hpp"
#include "http/realtime/subscription.hpp"

#include <string>
#include <vector>

namespace palabre::http::realtime {

/// One connection that is there.
struct client_info {
  uuid client;
  std::string user;                 ///< empty: nobody
  std::string conn_info, chan_info; ///< JSON; empty: none
};

client_info info_of(const uuid& client, const identity& who, const subscription& s);

/// Appends `{"user":…,"client":…,"conn_info":…?,"chan_info":…?}`.
void append_json(std::string& out, const client_info& info);

/// `{"presence":{"<client>":{…},…}}`
std::string presence_result(const std::vector<client_info>& present);
/// `{"num_clients":N,"num_users":M}`: all that are nobody count as one user.
std::string presence_stats_result(const std::vector<client_info>& present);

} // namespace palabre::http::realtime
