#pragma once
#include "http/server/client_address.hpp"

#include <atomic>

namespace palabre::http {

/// Says once, in the log, that a proxy which the configuration does not name tells of its clients: else all of them
/// share the rates of one address, and nobody knows why. Threads: any.
class proxy_warning {
public:
  void look_at(const boost::asio::ip::address& peer, const forwarding& says, const proxy_list& trusted) const;

private:
  mutable std::atomic<bool> said_{false};
};

} // namespace palabre::http
