#pragma once
#include "http/server/client_address.hpp"

#include <atomic>
#include <chrono>

namespace palabre::http {

/// Says now and then, in the log, that a proxy which the configuration does not name tells of its clients: else all of
/// them share the rates of one address, and nobody knows why. Threads: any.
class proxy_warning {
public:
  void look_at(const boost::asio::ip::address& peer, const forwarding& says, const proxy_list& trusted) const;

private:
  static constexpr std::chrono::hours pause{1}; ///< whoever else speaks unasked meanwhile is not named

  mutable std::atomic<std::chrono::steady_clock::time_point> next_{std::chrono::steady_clock::time_point::min()};
};

} // namespace palabre::http
