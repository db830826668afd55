#pragma once
#include "bench/load/endpoint.hpp"
#include "bench/load/loop.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::bench {

/// What a connection's owner is told. Called on the loop's thread, never from within a call of the owner's own but
/// `open`.
struct participant {
  /// Connected, logged in and, if asked for, subscribed.
  virtual void ready() = 0;
  /// Our oldest unanswered message was accepted; what that means is the peer's matter.
  virtual void accepted() = 0;
  /// Our oldest unanswered message was refused.
  virtual void refused(std::string_view why) = 0;
  /// A message came; `body` begins with its mark.
  virtual void delivered(std::string_view body) = 0;
  /// The connection is over, and nobody here wanted that.
  virtual void dropped(std::string_view why) = 0;

protected:
  ~participant() = default;
};

/// One connection in one protocol.
class session {
public:
  virtual ~session() = default;
  virtual void open() = 0;
  /// Posts a message to the seat's channel; accepted() or refused() follows, in the order of the calls.
  virtual void post(std::string_view body) = 0;
  /// As a lost network does it.
  virtual void cut() = 0;
};

/// Who sits at a connection, and what for.
struct seat {
  std::string token;   ///< credentials, of the dialect's kind; empty if it has none
  std::string channel; ///< where it listens or posts; empty: nowhere
  bool listens = false;
  bool posts = false;
  std::size_t number = 0; ///< of this connection within the run: a nickname
};

/// What is there before the load begins.
struct place {
  std::vector<std::string> tokens;   ///< accounts, shared by the connections in turn; at least one entry, may be empty
  std::vector<std::string> channels; ///< a room each
};

/// How a server is spoken to over WebSocket. One object, any number of sessions.
class dialect {
public:
  virtual ~dialect() = default;
  /// Makes accounts and rooms, or invents their names. Blocks. Throws std::runtime_error with the server's answer.
  virtual place prepare(const endpoint& at, std::size_t rooms) = 0;
  virtual std::unique_ptr<session> sit(loop& work, const endpoint& at, const seat& where, participant& who) = 0;
};

/// By name: "palabre", "nchan", "nats", "socket.io", "xmpp". Null for another.
std::unique_ptr<dialect> make_dialect(std::string_view name);
/// Their names, for help and refusals.
const std::vector<std::string>& dialect_names();

} // namespace palabre::bench
