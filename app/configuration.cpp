#include "app/configuration.hpp"

#include "app/namespace_options.hpp"

#include <toml++/toml.h>

#include <algorithm>

namespace palabre::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

option log_level_option() {
  return {"log.level", "the least severe lines that are written", "trace, debug, info, warn or error",
          [](configuration& c, const std::string& text) {
            const auto levels = {"trace", "debug", "info", "warn", "error"};
            if (std::find(levels.begin(), levels.end(), text) == levels.end()) return false;
            c.log_level = text;
            return true;
          },
          [](const configuration& c) { return c.log_level; }};
}

option origins_option() {
  return {"server.allowed_origins", "other origins whose pages may open realtime connections",
          "origins as https://example.org, separated by commas (in TOML: an array)",
          [](configuration& c, const std::string& text) {
            std::vector<std::string> origins = split(text, ',');
            const auto is_origin = [](const std::string& o) { // as browsers write it, or it could never match
              const auto scheme = o.find("://");
              if (!o.starts_with("http://") && !o.starts_with("https://")) return false;
              const std::string host = o.substr(scheme + 3);
              return !host.empty() && host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-:[]") == host.npos;
            };
            if (!std::all_of(origins.begin(), origins.end(), is_origin)) return false;
            c.edge.allowed_origins = std::move(origins);
            return true;
          },
          [](const configuration& c) { return joined(c.edge.allowed_origins); }};
}

option proxies_option() {
  return {"server.trusted_proxies", "proxies whose word on who the client is counts",
          "addresses and networks as 10.0.0.0/8, separated by commas (in TOML: an array)",
          [](configuration& c, const std::string& text) {
            http::proxy_list proxies;
            const std::vector<std::string> networks = split(text, ',');
            if (!std::all_of(networks.begin(), networks.end(), [&](const auto& n) { return proxies.add(n); }))
              return false;
            c.edge.trusted_proxies = std::move(proxies);
            c.trusted_proxies = networks;
            return true;
          },
          [](const configuration& c) { return joined(c.trusted_proxies); }};
}

option administrators_option() {
  return {"auth.administrators", "whoever has one of these logins is an administrator, for as long as it stands here",
          "up to " + std::to_string(administrators_max) +
              " logins of 3 to 32 of a-z, 0-9, _, . and -, separated by commas (in TOML: an array)",
          [](configuration& c, const std::string& text) {
            std::vector<std::string> logins;
            for (const std::string& each : split(text, ',')) {
              auto login = events::canonical_login(each);
              if (!login) return false;
              logins.push_back(std::move(*login));
            }
            if (logins.size() > administrators_max) return false;
            c.edge.administrators = std::move(logins);
            return true;
          },
          [](const configuration& c) { return joined(c.edge.administrators); }};
}

option proxy_header_option() {
  return {"server.proxy_header", "the header in which the trusted proxies say who the client is",
          "x-forwarded-for or forwarded",
          [](configuration& c, const std::string& text) {
            if (text != "x-forwarded-for" && text != "forwarded") return false;
            c.edge.proxies_write =
                text == "forwarded" ? http::proxy_header::forwarded : http::proxy_header::x_forwarded_for;
            return true;
          },
          [](const configuration& c) {
            return c.edge.proxies_write == http::proxy_header::forwarded ? "forwarded" : "x-forwarded-for";
          }};
}

template <class Where>
option path_option(std::string name, std::string help, std::string allowed, Where where) {
  return {std::move(name), std::move(help), std::move(allowed),
          [=](configuration& c, const std::string& text) {
            where(c) = text;
            return true;
          },
          [=](const configuration& c) { return where(const_cast<configuration&>(c)); }};
}

option token_key_file_option() {
  return path_option(
      "realtime.token_key_file", "the key by which another system signs tokens for its users (HMAC with SHA-256)",
      "the path of a file of mode 0600 with 32 bytes or more; empty: none",
      [](configuration & c) -> auto& { return c.foreign_token_key_file; });
}

const std::vector<option>& options() {
  using std::chrono::hours;
  static const std::vector<option> all = {
      duration_option<seconds>(
          "auth.access_token_ttl", "how long an access token is valid", seconds(1), access_token_ttl_max,
          [](configuration & c) -> auto& { return c.edge.access_token_ttl; }),
      duration_option<seconds>(
          "auth.refresh_token_ttl", "how long a session lives without being refreshed", seconds(1), hours(24 * 365),
          [](configuration & c) -> auto& { return c.edge.refresh_token_ttl; }),
      administrators_option(),
      number_option(
          "limits.connections", "open connections, in all", 1, 1'000'000,
          [](configuration & c) -> auto& { return c.edge.connections_max; }),
      number_option(
          "limits.connections_per_user", "realtime connections of one user", 1, 1'000'000,
          [](configuration & c) -> auto& { return c.edge.connections_per_user_max; }),
      number_option(
          "limits.accepts_per_second", "new connections; more wait in the kernel's queue", 1, 1'000'000,
          [](configuration & c) -> auto& { return c.edge.accepts_per_second; }),
      number_option(
          "limits.requests_per_second", "reads of one user; four seconds' worth at once", 1, 1'000,
          [](configuration & c) -> auto& { return c.edge.rates.requests_per_second; }),
      number_option(
          "limits.writes_per_second", "changes by one user; five seconds' worth at once", 1, 1'000,
          [](configuration & c) -> auto& { return c.edge.rates.writes_per_second; }),
      number_option(
          "limits.address_per_second", "requests from one address; four seconds' worth at once", 1, 1'000,
          [](configuration & c) -> auto& { return c.edge.rates.address_per_second; }),
      number_option(
          "limits.login_per_minute", "tries to log in, to one account and from one address", 1, 1'000,
          [](configuration & c) -> auto& { return c.edge.rates.login_per_minute; }),
      number_option(
          "limits.registrations_per_minute", "new accounts from one address", 1, 1'000,
          [](configuration & c) -> auto& { return c.edge.rates.registrations_per_minute; }),
      number_option(
          "limits.joins_per_minute", "tries to join by a code, of one user and from one address", 1, 1'000,
          [](configuration & c) -> auto& { return c.edge.rates.joins_per_minute; }),
      number_option(
          "limits.looks_back_per_second", "reads of one user with ?at=; two seconds' worth at once", 1, 1'000,
          [](configuration & c) -> auto& { return c.edge.rates.looks_back_per_second; }),
      switch_option(
          "limits.enabled", "false lifts every rate, never the bounds: for tests and load",
          [](configuration & c) -> auto& { return c.edge.limits_enabled; }),
      log_level_option(),
      switch_option(
          "log.access", "one line for every request", [](configuration & c) -> auto& { return c.access_log; }),
      switch_option(
          "search.enabled", "whether messages can be found by their words; off removes the index",
          [](configuration & c) -> auto& { return c.search; }),
      duration_option<seconds>(
          "server.request_timeout", "from the first byte of a request to its last", seconds(1), hours(1),
          [](configuration & c) -> auto& { return c.edge.request_timeout; }),
      duration_option<seconds>(
          "server.idle_timeout", "a kept connection may be silent for this long", seconds(1), hours(1),
          [](configuration & c) -> auto& { return c.edge.idle_timeout; }),
      origins_option(),
      proxies_option(),
      proxy_header_option(),
      duration_option<seconds>(
          "server.drain_timeout", "after SIGTERM, until what is left is cut off", seconds(1), hours(1),
          [](configuration & c) -> auto& { return c.drain_timeout; }),
      duration_option<milliseconds>(
          "server.drain_spread", "over which realtime connections are told to reconnect elsewhere", milliseconds(0),
          hours(1), [](configuration & c) -> auto& { return c.edge.drain_spread; }),
      duration_option<seconds>(
          "realtime.ping_interval", "between pings to a realtime connection", seconds(1), hours(1),
          [](configuration & c) -> auto& { return c.edge.ping_interval; }),
      duration_option<seconds>(
          "realtime.pong_timeout", "a client that has not answered a ping by then is gone", seconds(1), hours(1),
          [](configuration & c) -> auto& { return c.edge.pong_timeout; }),
      duration_option<seconds>(
          "realtime.connect_timeout", "from the open socket to the connect command", seconds(1), hours(1),
          [](configuration & c) -> auto& { return c.edge.connect_timeout; }),
      duration_option<seconds>(
          "realtime.write_timeout", "a socket that takes nothing for this long is given up", seconds(1), hours(1),
          [](configuration & c) -> auto& { return c.edge.write_timeout; }),
      duration_option<milliseconds>(
          "presence.grace", "without any connection, until someone is offline", milliseconds(0),
          std::chrono::minutes(10), [](configuration & c) -> auto& { return c.edge.presence_grace; }),
      duration_option<milliseconds>(
          "presence.coalesce", "between pushes of presence", milliseconds(50), seconds(10),
          [](configuration & c) -> auto& { return c.edge.presence_coalesce; }),
      number_option(
          "presence.individuals_max", "people connected in a room; above it is told how many are there, not who", 1,
          100'000, [](configuration & c) -> auto& { return c.edge.presence_individuals_max; }),
      duration_option<seconds>(
          "realtime.expired_grace", "after the end of a token, for the client to bring another", seconds(1), hours(1),
          [](configuration & c) -> auto& { return c.edge.expired_grace; }),
      token_key_file_option(),
      hashes_option(
          "metrics.api_key_sha256",
          "keys that open /metrics, as hashes (sha256sum); with none, it is for whoever asks from this machine "
          "directly",
          [](configuration & c) -> auto& { return c.edge.metrics_key_hashes; }),
      path_option(
          "tls.certificate_file",
          "the certificate that connections begin with, its chain behind it; SIGHUP reads it again",
          "the path of a file in PEM; empty: connections are plain",
          [](configuration & c) -> auto& { return c.tls.certificate; }),
      path_option(
          "tls.key_file", "the key of tls.certificate_file", "the path of a file of mode 0600 or 0640 in PEM",
          [](configuration & c) -> auto& { return c.tls.key; }),
      number_option(
          "threads.io", "threads for sockets, and as many for long answers", 1, 256,
          [](configuration & c) -> auto& { return c.edge.io_threads; }),
      number_option(
          "threads.actors", "threads for rooms and users", 1, 256,
          [](configuration & c) -> auto& { return c.actors.workers; }),
      duration_option<milliseconds>(
          "actors.idle", "a room or user without a command for this long leaves the memory", milliseconds(100),
          hours(24), [](configuration & c) -> auto& { return c.actors.idle_before_passivation; }),
  };
  return all;
}

std::string text_of(const toml::node& node) {
  if (const auto text = node.value<std::string>(); text && node.is_string()) return *text;
  if (const auto flag = node.value<bool>(); flag && node.is_boolean()) return *flag ? "true" : "false";
  if (const auto number = node.value<std::int64_t>(); number && node.is_integer()) return std::to_string(*number);
  if (const toml::array* array = node.as_array()) {
    std::string text;
    for (const toml::node& item : *array) text += (text.empty() ? "" : ",") + text_of(item);
    return text;
  }
  return "(not a value)";
}

result<void> assign(configuration& c, const std::string& source, const std::string& name, const std::string& value) {
  std::vector<option> of_namespace;
  if (is_of_namespace(name)) {
    if (auto wrong = wrong_with_namespace(c, name)) return error{errc::invalid, source + ": " + *wrong};
    of_namespace = namespace_options(name);
  }
  for (const option& o : of_namespace.empty() ? options() : of_namespace) {
    if (o.name != name) continue;
    if (o.read(c, value)) return success();
    return error{errc::invalid, source + ": " + name + " = \"" + value + "\" is not allowed; it takes " + o.allowed};
  }
  return error{errc::invalid, source + ": there is no option " + name + "; `palabre config show` lists all"};
}

/// Each `[namespaces.NAME]`; one without a line in it has everything as it is by default.
result<void> read_namespaces(configuration& c, const std::string& file, const toml::table& all) {
  for (const auto& [name, node] : all) {
    const std::string prefix = "namespaces." + std::string(name.str());
    const toml::table* table = node.as_table();
    if (!table) return error{errc::invalid, file + ": " + prefix + " has to be a table: [" + prefix + "]"};
    if (auto wrong = wrong_with_namespace(c, prefix + ".")) return error{errc::invalid, file + ": " + *wrong};
    c.edge.namespaces.try_emplace(std::string(name.str()));
    for (const auto& [key, value] : *table) {
      PALABRE_TRY(assign(c, file, prefix + "." + std::string(key.str()), text_of(value)));
    }
  }
  return success();
}

result<void> read_file(configuration& c, const std::string& file) {
  toml::table root;
  try {
    root = toml::parse_file(file);
  } catch (const toml::parse_error& broken) {
    return error{errc::invalid, file + " line " + std::to_string(broken.source().begin.line) + ": " +
                                    std::string(broken.description())};
  }
  for (const auto& [section, node] : root) {
    const toml::table* table = node.as_table();
    const std::string prefix(section.str());
    if (!table) return error{errc::invalid, file + ": " + prefix + " stands outside a [section]"};
    if (prefix == "namespaces") {
      PALABRE_TRY(read_namespaces(c, file, *table));
      continue;
    }
    for (const auto& [key, value] : *table) {
      PALABRE_TRY(assign(c, file, prefix + "." + std::string(key.str()), text_of(value)));
    }
  }
  return success();
}

result<void> read_environment(configuration& c, const std::vector<std::string>& environment) {
  constexpr std::string_view prefix = "PALABRE_";
  for (const std::string& variable : environment) {
    const std::size_t equals = variable.find('=');
    const std::size_t double_underscore = variable.find("__");
    if (!variable.starts_with(prefix) || equals == std::string::npos || double_underscore > equals) continue;
    std::string name = variable.substr(prefix.size(), equals - prefix.size());
    if (const std::size_t last = name.rfind("__"); last != name.find("__"))
      name.replace(last, 2, "."); // of a namespace
    name.replace(name.find("__"), 2, ".");
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char ch) { return std::tolower(ch); });
    PALABRE_TRY(assign(c, variable.substr(0, equals), name, variable.substr(equals + 1)));
  }
  return success();
}

} // namespace

result<configuration> load_configuration(const std::string& file, const std::vector<std::string>& environment,
                                         const std::vector<std::string>& settings) {
  configuration c;
  if (!file.empty()) {
    PALABRE_TRY(read_file(c, file));
  }
  PALABRE_TRY(read_environment(c, environment));
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos) return error{errc::invalid, "--set " + setting + ": write section.key=value"};
    PALABRE_TRY(assign(c, "--set", setting.substr(0, equals), setting.substr(equals + 1)));
  }
  return c;
}

std::vector<option_description> describe(const configuration& c) {
  std::vector<option_description> all;
  const auto add = [&](const option& o) { all.push_back({o.name, o.help, o.allowed, o.show(c)}); };
  for (const option& o : options()) add(o);
  for (const auto& [name, settings] : c.edge.namespaces)
    for (const option& o : namespace_options("namespaces." + name + ".")) add(o);
  return all;
}

} // namespace palabre::app
