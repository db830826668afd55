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
  bool test_routes = false;              ///< /test/echo, for conformance suites
};
int serve(const serve_options& options, const configuration& settings);

struct events_options {
  std::string data = "./data";
  std::optional<std::string> room, user, type; ///< ids; the whole name of a type
  std::optional<std::string> since, until;     ///< RFC 3339
  std::uint64_t after = 0;                     ///< a position
};
int print_events(const events_options& options, std::ostream& out, std::ostream& errors);

struct replay_options {
  std::string data = "./data";
  std::string room;
  std::optional<std::string> at; ///< a seq, or RFC 3339: the last seq at or before it
};
int replay(const replay_options& options, std::ostream& out, std::ostream& errors);

int verify(const std::string& data, std::ostream& out, std::ostream& errors);

/// Prints an error as the commands do, and answers 1.
int fail(std::ostream& errors, const error& why);

} // namespace palabre::app
