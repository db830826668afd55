#pragma once
// Tickets: what a page gives instead of an access token where it cannot send a header (a browser's EventSource).

#include "http/tokens.hpp"

#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace palabre::http {

/// Each ticket is good for one path, once, for limits::ticket_life, and worth what the token was that it was given for.
/// In memory, known by their hash only: how long a look-up takes says nothing about them. Full (a user has
/// limits::tickets_per_user_max of them): *refuse*. Threads: any.
class ticket_office {
public:
  /// Errors: limit_exceeded; nothing changes.
  result<std::string> issue(const access_claims& who, std::string path, randomness& random, timestamp now);
  /// nullopt: it is no ticket, or one of another path, or too old. Whatever it was, it is spent.
  std::optional<access_claims> redeem(std::string_view ticket, std::string_view path, timestamp now);

private:
  struct issued {
    std::string hash;
    access_claims who;
    std::string path;
    timestamp expires_at;
  };
  using place = std::list<issued>::iterator;

  void forget(place which);
  void forget_expired(timestamp now);

  std::mutex mutex_;
  std::list<issued> live_;                              // by mutex_, in the order in which they expire
  std::unordered_map<std::string_view, place> by_hash_; // by mutex_
  std::unordered_map<user_id, std::size_t> of_user_;    // by mutex_: how many are live; never 0
};

} // namespace palabre::http
