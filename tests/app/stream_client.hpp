#pragma once
// A client of streamed answers over a bare socket: what comes is taken apart here and nowhere else, so that a wrong
// byte shows.

#include "http_client.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace palabre::testing {

// ---- Requests, as bytes

/// `more`: whole header lines.
std::string get_request(std::string_view target, std::string_view more = {});
std::string post_request(std::string_view target, std::string_view body, std::string_view more = {});
/// For a query.
std::string url_encoded(std::string_view text);

/// One message of a stream: a line, or an event.
struct stream_message {
  std::string id, event, data; ///< of a line only `data`
  bool is_comment = false;

  http_answer json() const { return {0, data, {}}; }
};

/// Throws std::runtime_error when nothing comes within the deadline, and when the chunks are broken.
class stream_client {
public:
  static constexpr std::chrono::seconds patience{20};

  /// Sends the bytes and reads the head of the answer.
  stream_client(unsigned short port, std::string_view request);
  ~stream_client();
  stream_client(stream_client&&) noexcept;

  int status() const;
  /// Of the head; empty when absent.
  std::string header(std::string_view name) const;
  /// The body of an answer with a Content-Length.
  std::string body();

  /// nullopt: the stream has ended. Events if the answer says so, else lines.
  std::optional<stream_message> next();
  /// The next message whose JSON has `pointer`; those before are dropped. Throws when the stream ends first.
  http_answer next_with(std::string_view pointer);
  /// Drops messages until the end. Whether that was the last chunk, and then the end of the connection.
  bool ends_in_order();
  /// The bytes of the body that came before the first message.
  std::string preamble() const;

  void send(std::string_view bytes);
  /// Half of the connection: nothing more will be said.
  void end_sending();

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace palabre::testing
