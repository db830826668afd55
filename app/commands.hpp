#pragma once
// The commands of the binary. Each answers its exit code: 0 done, 1 no (damage found, refused), 2 used wrongly.

#include "app/configuration.hpp"

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

namespace palabre::app {

struct serve_options {
  std::string data = "./data";
  std::string listen = "127.0.0.1:8080"; ///< HOST:PORT; port 0: any free one, told on stdout
  std::string commit = "unknown";        ///< that the program was built from
  bool test_routes = false;              ///< /test/echo, for conformance suites
};
int serve(const serve_options& options, const configuration& settings);

struct events_options {
  std::string data = "./data";
  std::optional<std::string> room, user, about; ///< ids
  std::optional<std::string> type, request;     ///< the whole name of a type; the id of a request
  std::optional<std::string> since, until;      ///< RFC 3339
  std::uint64_t after = 0;                      ///< a position
  std::optional<std::string> keys;              ///< the directory of `keys` and `secrets`; that of the data by default
  bool follow =
      false; ///< goes on with what a server beside it writes, until SIGINT, SIGTERM, SIGHUP, or nobody reads stdout
};
int print_events(const events_options& options, std::ostream& out, std::ostream& errors);

struct replay_options {
  std::string data = "./data";
  std::string room;
  std::optional<std::string> at; ///< a seq, or RFC 3339: the last seq at or before it
  bool text = false;             ///< for people, instead of JSON
};
int replay(const replay_options& options, std::ostream& out, std::ostream& errors);

struct verify_options {
  std::string data = "./data";
  std::optional<std::string> since; ///< a position, or RFC 3339: only what is behind it, and not the views
  bool log_only = false;            ///< not the views
  std::optional<std::string> keys;  ///< the directory of `keys` and `secrets`; that of the data by default
  bool without_keys = false;        ///< of records with sealed words only their place in the chain; not the views
};
int verify(const verify_options& options, std::ostream& out, std::ostream& errors);

struct stats_options {
  std::string data = "./data";
  bool json = false;
};
int print_stats(const stats_options& options, std::ostream& out, std::ostream& errors);

struct diff_options {
  std::string data = "./data";
  std::string room;
  std::optional<std::string> from, to, message; ///< a seq, or RFC 3339; a message's id
  bool json = false;
};
int print_diff(const diff_options& options, std::ostream& out, std::ostream& errors);

/// Prints an error as the commands do, and answers 1.
int fail(std::ostream& errors, const error& why);
/// The same of a command that looks at its options while it runs: 2 for what was asked wrongly (errc::invalid).
int fail_or_misused(std::ostream& errors, const error& why);

} // namespace palabre::app
