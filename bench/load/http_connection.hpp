#pragma once
#include "bench/load/endpoint.hpp"
#include "bench/load/loop.hpp"

#include <string>
#include <string_view>

namespace palabre::bench {

/// What came back. Views are good until the call that brought them returns, or the connection is opened or cut.
struct http_answer {
  unsigned status = 0;
  std::string_view head; ///< the lines above the body, as they came
  std::string_view body; ///< put together if it came in chunks
  bool last = false;     ///< the server closes the connection now; it may be opened again from within answered()

  /// The value of a header; empty when absent. `lower_name`: in small letters.
  std::string_view field(std::string_view lower_name) const;
};

/// A keep-alive HTTP/1.1 client that is cheap enough not to be what is measured: no coroutine, requests as bytes that
/// the owner has made, answers read where they were received. In the steady state nothing is allocated: its own buffers
/// are for answers that come in parts, and keep their size.
///
/// Threads: the loop's. Lifetime: outlives what it has started; destroy it only when the loop does not run.
/// Limits: no TLS; no answers that end with the connection instead of a length; none above answer_bytes_max; not for
/// HEAD, whose answers have a length and no body.
class http_connection final : loop::watcher {
public:
  static constexpr std::size_t answer_bytes_max = 64 * 1024 * 1024;

  struct events {
    virtual void opened() = 0;
    /// To the oldest request without an answer.
    virtual void answered(const http_answer& answer) = 0;
    /// The connection is over without a last answer, or never came to be, and nobody here wanted that. Requests that
    /// are still unanswered get none. It may be opened again from within the call.
    virtual void closed(std::string_view why) = 0;

  protected:
    ~events() = default;
  };

  http_connection(loop& work, events& tell);
  http_connection(const http_connection&) = delete;
  ~http_connection();

  /// Connects, the first time or again; opened() or closed() follows, closed() perhaps from within the call.
  void open(const endpoint& to);
  /// Whole requests, with their empty lines; the answers come in their order. Does nothing unless it is open. What the
  /// socket does not take at once is kept and sent when it does.
  void send(std::string_view requests, unsigned count = 1);
  void cut();
  bool is_open() const { return state_ == state::open; }
  /// Requests without an answer.
  unsigned awaited() const { return awaited_; }

private:
  enum class state { idle, connecting, open };
  struct head;
  void ready() override;
  void connected();
  void readable();
  void take(std::string_view bytes);
  std::size_t take_answers(std::string_view bytes);
  std::size_t take_one(std::string_view bytes);
  std::size_t give(const head& of, std::string_view body, std::size_t whole_bytes);
  void write(std::string_view bytes);
  void write_rest();
  void end(std::string_view why);

  loop& loop_;
  events& tell_;
  int socket_ = -1;
  std::string rest_;       ///< received, and not a whole answer yet
  std::size_t needed_ = 0; ///< of it, at least, before there is something to take
  std::string body_;       ///< of an answer in chunks
  std::string out_;        ///< what the socket did not take
  state state_ = state::idle;
  unsigned awaited_ = 0;
  std::uint32_t turn_ = 0;  ///< counts openings and ends: what was started in another turn is not meant any more
  bool is_held_up_ = false; ///< until the socket takes more
};

} // namespace palabre::bench
