#include "bench/load/endpoint.hpp"

#include <boost/asio/io_context.hpp>

#include <charconv>

namespace palabre::bench {

palabre::result<endpoint> parse_url(std::string_view url) {
  const std::string whole(url);
  const auto refuse = [&](const char* why) { return error{errc::invalid, "\"" + whole + "\" " + why}; };
  if (url.starts_with("http://"))
    url.remove_prefix(7);
  else if (url.starts_with("ws://"))
    url.remove_prefix(5);
  else
    return refuse("is not http://HOST:PORT or ws://HOST:PORT");
  if (url.ends_with('/')) url.remove_suffix(1);
  const auto colon = url.rfind(':');
  if (colon == std::string_view::npos || url.find('/') != std::string_view::npos)
    return refuse("is not http://HOST:PORT, with a port and without a path");
  endpoint found;
  const auto port = url.substr(colon + 1);
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), found.port);
  if (failed != std::errc() || end != port.data() + port.size() || found.port == 0) return refuse("has no valid port");
  found.host = std::string(url.substr(0, colon));
  boost::asio::io_context io;
  boost::system::error_code unknown;
  boost::asio::ip::tcp::resolver resolver(io);
  const auto all = resolver.resolve(found.host, std::string(port), unknown);
  if (unknown || all.empty()) return refuse("names a host that is not known");
  found.address = all.begin()->endpoint();
  return found;
}

} // namespace palabre::bench
