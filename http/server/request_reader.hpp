#pragma once
// From bytes to requests: HTTP/1.1 and 1.0 (RFC 9112), strict where two readers of the same bytes could differ.

#include "http/api.hpp"
#include "http/server/client_address.hpp"
#include "http/server/compression.hpp"
#include "http/server/receive_buffer.hpp"

#include <memory>
#include <string>

namespace palabre::http {

enum class method : std::uint8_t { get, head, post, put, patch, del, options, other };
/// "GET"; "other".
std::string_view name_of(method m);

/// One request, as far as it has been read.
struct request {
  call wanted;                 ///< path as it came, still encoded; query decoded; captures none; request_id unchecked
  method kind = method::other; ///< `wanted.method` is get for head
  bool http_1_0 = false;
  bool keep_alive = false; ///< what the client wants, and what is possible
  bool expects_continue = false;
  bool upgrade = false; ///< "Connection: upgrade" and "Upgrade: websocket"
  std::string host, origin;
  bool over_tls = false;        ///< set by the connection (came_over_tls)
  bool asks_for_method = false; ///< Access-Control-Request-Method is there: a preflight
  forwarding came;
  std::string accept_encoding;
  std::string websocket_key, websocket_version, websocket_protocols;
};

/// Reads one request after another. Refused, with the connection to be closed: what may be an attempt at smuggling
/// (Transfer-Encoding with Content-Length, or in HTTP/1.0, or not just "chunked"; Content-Length twice or as a list),
/// bare LF, folded lines, spaces before a colon, no Host or two, headers twice that may come once, and what is over a
/// bound.
/// Threads: one.
class request_reader {
public:
  enum class progress : std::uint8_t {
    more,     ///< give it more bytes, then call again
    head,     ///< the head is read, a body follows: call again
    complete, ///< current() is, or its body is too large and will not be read (body_too_large, no keep_alive)
    refused   ///< refusal() says why; current() holds what was understood so far
  };

  request_reader();
  ~request_reader();
  request_reader(const request_reader&) = delete;

  /// Takes from `in` what belongs to the current request, and no more.
  progress advance(receive_buffer& in);
  /// Makes ready for the next request.
  void reset();

  /// Whether a byte of the current request has been taken or seen.
  bool begun(const receive_buffer& in) const;
  /// How many bytes are worth receiving at once now.
  std::size_t appetite() const;

  request& current();
  const problem& refusal() const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace palabre::http
