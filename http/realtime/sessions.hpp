#pragma once
// How what is said by /emulation finds its connection, on whatever thread that is.

#include "base/ids.hpp"

#include <boost/asio/io_context.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace palabre::http::realtime {

/// What is said to one connection, in order of arrival, until it is heard. Full (limits::emulated_messages_max,
/// limits::emulated_bytes_max): *disconnect*: all of it is forgotten, and has_overflowed() from then on.
/// Threads: say() any, the rest its connection's. Lifetime: shared.
class session : public std::enable_shared_from_this<session> {
public:
  /// `wake` is called on `home` when something was said while all had been heard.
  session(std::string id, boost::asio::io_context& home, std::function<void()> wake)
      : id_(std::move(id)), home_(home), wake_(std::move(wake)) {}

  /// A secret: whoever knows it speaks for the connection. Never logged.
  const std::string& id() const { return id_; }

  void say(std::string message);
  /// The next message; nullopt: all were heard, the next one wakes.
  std::optional<std::string> take();
  bool has_overflowed() const;
  /// Nobody listens any more.
  void fall_silent();

private:
  const std::string id_;
  boost::asio::io_context& home_;
  std::function<void()> wake_;

  mutable std::mutex mutex_;
  std::deque<std::string> unheard_; // by mutex_
  std::size_t bytes_ = 0;           // by mutex_: of unheard_
  bool awake_ = true;               // by mutex_: take() will be called again without being woken
  bool overflowed_ = false;         // by mutex_
};

/// The sessions of this process. Threads: any. Lifetime: outlives its sessions' connections.
class sessions {
public:
  explicit sessions(randomness& random) : random_(random), node_(new_id()) {}

  /// Names this process, until it ends.
  const std::string& node() const { return node_; }
  /// 128 random bits as text.
  std::string new_id() const;

  /// A new session, awake.
  std::shared_ptr<session> begin(boost::asio::io_context& home, std::function<void()> wake);
  void end(session& s);
  /// False: there is no such session.
  bool say(const std::string& id, std::string message) const;

private:
  randomness& random_;
  const std::string node_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<session>> all_; // by mutex_
};

} // namespace palabre::http::realtime
