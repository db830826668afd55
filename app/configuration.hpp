#pragma once
// Settings: defaults, overridden by a TOML file, overridden by PALABRE_SECTION__KEY, overridden by --set
// section.key=value. The section of a namespace is namespaces.NAME (NAMESPACES__NAME). Secrets are never settings: they
// are files (app/secrets.hpp).

#include "actors/actor_runtime.hpp"
#include "app/tls_files.hpp"
#include "http/services.hpp"

#include <string>
#include <vector>

namespace palabre::app {

/// The longest that auth.access_token_ttl may be.
constexpr std::chrono::hours access_token_ttl_max{24};

/// Every request of an administrator may go through them.
constexpr std::size_t administrators_max = 100;

struct configuration {
  http::edge_settings edge;
  actors::runtime_settings actors;
  std::chrono::seconds drain_timeout{10};
  std::string log_level = "info";
  bool access_log = true;
  bool search = true;
  std::string foreign_token_key_file; ///< empty: none
  tls_files tls;
  std::vector<std::string> trusted_proxies; ///< as they were given; edge.trusted_proxies is made of them
};

/// One option, for `palabre config` and for errors.
struct option_description {
  std::string name; ///< "auth.access_token_ttl"
  std::string help;
  std::string allowed; ///< "a duration from 1s to 24h, as 30s, 15m, 2h, 7d"
  std::string value;   ///< as it is now
};

/// Reads all sources; `file` may be empty. `environment`: of the process, as "NAME=value".
/// Errors: invalid: the context names the source, the key, the value and what is allowed; an unknown key is an error
/// too.
result<configuration> load_configuration(const std::string& file, const std::vector<std::string>& environment,
                                         const std::vector<std::string>& settings);

std::vector<option_description> describe(const configuration& c);

} // namespace palabre::app
