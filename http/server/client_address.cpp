#include "http/server/client_address.hpp"

#include "http/header_text.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace palabre::http {
namespace {

namespace ip = boost::asio::ip;

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, {}, [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; },
      [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
}

std::string_view unquoted(std::string_view text) {
  if (text.size() > 1 && text.front() == '"' && text.back() == '"') return text.substr(1, text.size() - 2);
  return text;
}

/// An IPv4 address in IPv6's clothes as what it is.
ip::address without_clothes(const ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

/// "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]:4711".
std::optional<ip::address> address_in(std::string_view text) {
  text = unquoted(trimmed(text));
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return std::nullopt;
    text = text.substr(1, end - 1);
  } else if (std::ranges::count(text, ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  boost::system::error_code wrong;
  const auto address = ip::make_address(std::string(text), wrong);
  if (wrong) return std::nullopt;
  return without_clothes(address);
}

/// "localhost", or a loopback address, with or without a port.
bool names_this_machine(std::string_view host) {
  if (!host.starts_with('[')) host = host.substr(0, host.find(':'));
  if (host == "127.0.0.1" || equals_ignoring_case(host, "localhost")) return true; // as nearly all who may, say
  const auto address = address_in(host);
  return address && address->is_loopback();
}

/// One parameter of one element of Forwarded; empty: it is not there.
std::string_view parameter_of(std::string_view element, std::string_view name) {
  while (!element.empty()) {
    const auto pair = trimmed(element.substr(0, element.find(';')));
    element.remove_prefix(
        std::min(element.size(), element.find(';') == element.npos ? element.size() : element.find(';') + 1));
    const auto equals = pair.find('=');
    if (equals != pair.npos && equals_ignoring_case(trimmed(pair.substr(0, equals)), name))
      return trimmed(pair.substr(equals + 1));
  }
  return {};
}

std::optional<ip::address> for_of(std::string_view element) {
  return address_in(parameter_of(element, "for"));
}

/// From the end of the list, as long as who speaks is trusted.
template <class Read>
ip::address last_untrusted(ip::address at, std::string_view hops, const proxy_list& trusted, Read read) {
  while (trusted.trusts(at) && !hops.empty()) {
    const auto comma = hops.rfind(',');
    const auto hop = read(comma == hops.npos ? hops : hops.substr(comma + 1));
    if (!hop) return at;
    at = *hop;
    hops = comma == hops.npos ? std::string_view{} : hops.substr(0, comma);
  }
  return at;
}

} // namespace

bool proxy_list::add(const std::string& network) {
  boost::system::error_code wrong;
  if (network.find('/') == network.npos) {
    const auto address = address_in(network);
    if (!address) return false;
    if (address->is_v4())
      v4_.emplace_back(address->to_v4(), 32);
    else
      v6_.emplace_back(address->to_v6(), 128);
    return true;
  }
  if (network.starts_with("::ffff:")) return false; // IPv4 in IPv6's clothes: peers are looked at without them
  if (const auto v4 = ip::make_network_v4(network, wrong); !wrong) {
    v4_.push_back(v4.canonical());
    return true;
  }
  const auto v6 = ip::make_network_v6(network, wrong);
  if (wrong) return false;
  v6_.push_back(v6.canonical());
  return true;
}

bool proxy_list::trusts(const ip::address& address) const {
  if (address.is_v4())
    return std::ranges::any_of(v4_, [&](const auto& network) {
      return ip::network_v4(address.to_v4(), network.prefix_length()).canonical() == network;
    });
  return std::ranges::any_of(v6_, [&](const auto& network) {
    return ip::network_v6(address.to_v6(), network.prefix_length()).canonical() == network;
  });
}

ip::address client_of(const ip::address& peer, const forwarding& says, const proxy_list& trusted, proxy_header which) {
  const ip::address from = without_clothes(peer);
  if (trusted.empty()) return from;
  if (which == proxy_header::forwarded) return last_untrusted(from, says.forwarded, trusted, for_of);
  return last_untrusted(from, says.forwarded_for, trusted, address_in);
}

bool came_over_tls(const ip::address& peer, const forwarding& says, const proxy_list& trusted, proxy_header which) {
  if (!trusted.trusts(without_clothes(peer))) return false;
  const auto first = [](std::string_view list) { return list.substr(0, list.find(',')); };
  const std::string_view proto = which == proxy_header::forwarded
                                     ? unquoted(parameter_of(first(says.forwarded), "proto"))
                                     : trimmed(first(says.proto));
  return equals_ignoring_case(proto, "https") || equals_ignoring_case(proto, "wss");
}

bool speaks_unasked(const ip::address& peer, const forwarding& says, const proxy_list& trusted) {
  if (says.forwarded.empty() && says.forwarded_for.empty()) return false;
  return !trusted.trusts(without_clothes(peer));
}

bool is_of_proxies(std::string_view header) {
  constexpr std::array<std::string_view, 8> names{
      "Forwarded",      "Via",          "X-Real-IP", "X-Client-IP", "X-Original-Forwarded-For", "CF-Connecting-IP",
      "True-Client-IP", "Fly-Client-IP"};
  constexpr std::string_view family = "X-Forwarded-";
  return equals_ignoring_case(header.substr(0, family.size()), family) ||
         std::ranges::any_of(names, [&](std::string_view name) { return equals_ignoring_case(header, name); });
}

bool is_from_here(const ip::address& peer, std::string_view host, const forwarding& says, const proxy_list& trusted) {
  const ip::address from = without_clothes(peer);
  return from.is_loopback() && !says.by_proxy && !trusted.trusts(from) && names_this_machine(host);
}

uuid key_of(const ip::address& address) {
  uuid key;
  key.bytes[15] = 1; // never nil
  if (address.is_v4()) {
    const auto bytes = address.to_v4().to_bytes();
    std::memcpy(key.bytes.data(), bytes.data(), bytes.size());
    key.bytes[14] = 4;
  } else {
    const auto bytes = address.to_v6().to_bytes();
    std::memcpy(key.bytes.data(), bytes.data(), 8);
    key.bytes[14] = 6;
  }
  return key;
}

/// An id has the bits of its variant where the key of an address has a zero.
std::optional<uuid> network_of(const uuid& key) {
  if (key.bytes[8] != 0 || key.bytes[14] != 6 || key.bytes[15] != 1) return std::nullopt;
  uuid network = key;
  network.bytes[6] = network.bytes[7] = 0;
  network.bytes[13] = 48;
  return network;
}

} // namespace palabre::http
