#include "http/server/proxy_warning.hpp"

#include <spdlog/spdlog.h>

namespace palabre::http {

void proxy_warning::look_at(const boost::asio::ip::address& peer, const forwarding& says,
                            const proxy_list& trusted) const {
  if (!speaks_unasked(peer, says, trusted)) return;
  const auto now = std::chrono::steady_clock::now();
  auto next = next_.load(std::memory_order_relaxed);
  if (now < next || !next_.compare_exchange_strong(next, now + pause, std::memory_order_relaxed)) return;
  spdlog::warn("{} sends {} and is not in server.trusted_proxies: what it says of its clients is not heard, and all of "
               "them count as one address. If it is your proxy, name it there. This is said once an hour",
               peer.to_string(), says.forwarded.empty() ? "X-Forwarded-For" : "Forwarded");
}

} // namespace palabre::http
