#pragma once
#include "bench/load/palabre_dialect.hpp"
#include "bench/load/websocket.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::bench {

/// A connection to Palabre as a person's page has one: in several rooms at once, asks and posts by rpc, loses its line
/// and comes back for what it missed.
///
/// Threads: the loop's. Lifetime: its owner outlives it.
class community_member final : websocket::events {
public:
  struct owner {
    /// Connected and subscribed everywhere; what was missed has come before as event().
    virtual void ready() = 0;
    /// An event of our room `index`. A line holds it, and may hold others when we come back.
    virtual void event(std::size_t index, std::uint64_t offset, std::string_view line) = 0;
    /// The subscription to our room `index` begins at this offset; only the first time.
    virtual void begins(std::size_t index, std::uint64_t offset) = 0;
    /// Our oldest call that is not answered is; with what call() was given.
    virtual void answered(std::uint64_t tag, std::int64_t intended_ns, bool failed, std::string_view line) = 0;
    /// The server ended the connection, or what was missed cannot be had.
    virtual void dropped(std::string_view why) = 0;

  protected:
    ~owner() = default;
  };

  /// `rooms`: ids. Requires: `at` outlives it.
  community_member(loop& work, const endpoint& at, std::string token, std::vector<std::string> rooms, owner& who);

  void open();
  bool is_ready() const { return socket_.is_open() && awaited_ == 0; }
  /// `tag` and `intended_ns` come back with the answer. Requires: is_ready().
  void call(std::string_view method, std::string_view json, std::uint64_t tag, std::int64_t intended_ns);
  std::size_t unanswered() const { return calls_.size(); }
  const std::vector<std::string>& rooms() const { return rooms_; }
  /// As a lost network does; open() brings it back. What was asked and not answered is forgotten.
  void cut();

private:
  struct asked {
    std::uint64_t tag;
    std::int64_t intended_ns;
  };

  void opened() override;
  void received(std::string_view message) override;
  void closed(std::string_view why) override { who_.dropped(why); }
  void take_line(std::string_view line);
  void take_push(std::string_view line);
  void take_subscribed(std::size_t index, std::string_view line);

  websocket socket_;
  const endpoint& at_;
  const std::string token_;
  const std::vector<std::string> rooms_;
  owner& who_;
  std::vector<room_position> positions_; ///< of rooms_
  bool was_here_ = false;
  std::uint64_t next_id_ = 1;
  std::size_t awaited_ = 1; ///< replies to connect and subscribe that are still to come
  std::deque<asked> calls_;
};

} // namespace palabre::bench
