#pragma once
// Who a request comes from: the peer, or, behind proxies that are trusted by name, the client that they tell of.

#include "base/ids.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::http {

/// Addresses and networks. Immutable once made: any thread.
class proxy_list {
public:
  /// "10.0.0.0/8", "2001:db8::/32", "127.0.0.1". False: not one; nothing changes.
  bool add(const std::string& network);
  bool trusts(const boost::asio::ip::address& address) const;
  bool empty() const { return v4_.empty() && v6_.empty(); }

private:
  std::vector<boost::asio::ip::network_v4> v4_;
  std::vector<boost::asio::ip::network_v6> v6_;
};

/// Which header a proxy writes. The other one a client may have written: it is not looked at.
enum class proxy_header : std::uint8_t { x_forwarded_for, forwarded };

/// What a request says of the way it came: header values, several lines joined by commas.
struct forwarding {
  std::string forwarded;     ///< Forwarded (RFC 7239)
  std::string forwarded_for; ///< X-Forwarded-For
  std::string proto;         ///< X-Forwarded-Proto
  bool by_proxy = false;     ///< these or any other header that proxies add
};

/// The last hop that is not a trusted proxy: each proxy adds the peer that it saw at the end of the list. What a list
/// holds before a hop that cannot be read counts for nothing. A peer that is not trusted is the client, whatever it
/// says. Who is inside of a trusted network may say what it likes: list proxies, not networks of people.
boost::asio::ip::address client_of(const boost::asio::ip::address& peer, const forwarding& says,
                                   const proxy_list& trusted, proxy_header which);

/// Whether the client spoke TLS with a proxy: by what a trusted one says of the first hop (proto= of Forwarded,
/// X-Forwarded-Proto). False: it did not, or nobody whose word counts says so.
bool came_over_tls(const boost::asio::ip::address& peer, const forwarding& says, const proxy_list& trusted,
                   proxy_header which);

/// Whether a peer that is not trusted says who its client is: a proxy that the configuration does not name, or a
/// client that tries.
bool speaks_unasked(const boost::asio::ip::address& peer, const forwarding& says, const proxy_list& trusted);
/// Whether a header is one that only who passes a request on adds, whatever it says: Forwarded, Via, X-Real-IP,
/// X-Forwarded-*, and those of well-known networks.
bool is_of_proxies(std::string_view header);

/// Whether who asks sits at this machine: a loopback address, which names this machine as such (`host`, of the
/// request), and nothing that tells of a proxy, of which the peer is none that is trusted. Whoever comes
/// through something on this machine that passes bytes or requests on and adds no header chooses the host, and is taken
/// for someone who sits here: nothing tells them apart.
bool is_from_here(const boost::asio::ip::address& peer, std::string_view host, const forwarding& says,
                  const proxy_list& trusted);

/// What stands for an address where rates are counted: all of an IPv4 address, the /64 of an IPv6 one.
uuid key_of(const boost::asio::ip::address& address);
/// Of a key of an IPv6 address, that of its /48. nullopt: it is the key of something else, ids of users included.
std::optional<uuid> network_of(const uuid& key);

} // namespace palabre::http
