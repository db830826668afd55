#pragma once
#include "base/result.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <string>
#include <string_view>

namespace palabre::bench {

/// Where the target listens.
struct endpoint {
  std::string host = "127.0.0.1"; ///< as it stands in `Host:`
  unsigned short port = 0;
  boost::asio::ip::tcp::endpoint address; ///< resolved
};

/// Of `http://HOST:PORT` or `ws://HOST:PORT`; a path is refused. Blocks while it resolves the name.
/// Errors: errc::invalid for another scheme (there is no TLS here), a missing port, or an unknown name.
palabre::result<endpoint> parse_url(std::string_view url);

} // namespace palabre::bench
