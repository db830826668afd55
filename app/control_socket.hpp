#pragma once
// The way into a running server for whoever may read its data directory: DIR/control.sock, mode 0600.
//
// A line of JSON asks, lines of JSON answer, and then the server hangs up:
//
//   → {"command":"rebuild","projection":"timeline"}
//   ← {"progress":{"done":120000,"total":2000000,"what":"folding"}}      any number of these, or none
//   ← {"done":{"position":2000123}}                                      one of these two
//   ← {"error":{"code":"not_found","message":"there is no projection of that name"}}
//
// All that is asked are strings. Whoever hangs up first ends what they have asked for, at the next progress.

#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace palabre::app {

inline std::string control_socket_path(const std::string& data) {
  return data + "/control.sock";
}

constexpr std::size_t control_line_bytes_max = 64 * 1024; ///< of a request or an answer
constexpr std::size_t control_commands_max = 4;           ///< carried out at once; others wait for one of them
constexpr std::size_t control_connections_max = 32;       ///< more are hung up on

/// How far a command is. False: nobody waits for it any more: it should end soon and leave things as they were.
using tell_control = std::function<bool(std::uint64_t done, std::uint64_t total, std::string_view what)>;
using control_arguments = std::map<std::string, std::string, std::less<>>;
/// Carries a command out and answers the JSON value that `done` will have; an error becomes `error`. On a thread of the
/// socket's, which it may block; several may run at a time.
using control_handler =
    std::function<result<std::string>(const control_arguments& arguments, const tell_control& tell)>;

/// The server's end. Threads: members from one; handlers on its own. Lifetime: what handlers refer to outlives it.
class control_socket {
public:
  control_socket();
  ~control_socket();

  /// A command of this name is carried out by `handler`. Requires: not started, no other of that name.
  void add(const std::string& command, control_handler handler);
  /// Takes the place of a socket that a killed server left. Requires: the data directory is ours alone (the log is
  /// open). Errors: io.
  result<void> start(const std::string& data);
  /// Ends commands under way (their next progress says so), waits for them, and removes the socket. Idempotent.
  void stop();

private:
  struct state;
  std::unique_ptr<state> state_;
};

/// Whether a server listens on `data`.
bool server_listens(const std::string& data);

/// The other end: asks the server of `data`, and waits. `tell`: each progress; false: hang up. nullopt: no server
/// listens there. Errors: those of the command; io: the server went away in between; abandoned: hung up.
result<std::optional<std::string>> ask_control(const std::string& data, const std::string& command,
                                               const control_arguments& arguments, const tell_control& tell);

} // namespace palabre::app
