#pragma once
// How much one address and one user may ask for, by class of operation (`[limits]`). With `limits.enabled = false`
// nothing here refuses anyone.

#include "base/tally.hpp"
#include "http/edge_counts.hpp"
#include "http/growing_delays.hpp"
#include "http/problem.hpp"
#include "http/rate_class.hpp"
#include "http/token_buckets.hpp"

#include <array>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_set>

namespace palabre::http {

/// Defaults are for people, with room for their devices; what programs need is set.
struct rate_settings {
  unsigned requests_per_second = 50;      ///< reads of one user; four seconds' worth at once
  unsigned writes_per_second = 20;        ///< of one user; five seconds' worth at once
  unsigned address_per_second = 200;      ///< of all kinds, from one address; four seconds' worth at once
  unsigned login_per_minute = 5;          ///< for one account, and from one address
  unsigned registrations_per_minute = 20; ///< from one address
  unsigned joins_per_minute = 10;         ///< tries with a share code, of one user and from one address
  unsigned looks_back_per_second = 20;    ///< `?at=`, of one user; two seconds' worth at once
};

/// Where the key is of an IPv6 address (http/server/client_address.hpp), its /48 has a bucket too, of so many times the
/// size: networks of that size are what one customer of a host gets, and what many of a mobile network share.
/// Threads: any.
class rate_limits {
public:
  using time_point = token_buckets::time_point;
  static constexpr unsigned addresses_in_network = 32;

  rate_limits(const rate_settings& allowed, bool enabled);

  /// One request from an address, whatever it is. Nil (a realtime connection's): never refused.
  std::optional<problem> take_address(const uuid& address, time_point now, rate_standing* standing = nullptr);
  /// One of a class, by the user's id or, where there is no user, the address. What is left goes to `standing`.
  std::optional<problem> take(rate_class of, const uuid& key, time_point now, rate_standing* standing = nullptr);

  /// For what one call turned out to cost beyond its own: who comes next waits for it.
  void owe(rate_class of, const uuid& key, time_point now, std::size_t tokens);

  /// Before a password is looked at: `account` stands for what was given as the login, whether there is such an
  /// account or not, so that nobody learns which there are.
  /// A pair of both that has been right before has tries of its own: nobody can lock somebody else out.
  std::optional<problem> before_login(const uuid& account, const uuid& address, time_point now,
                                      rate_standing* standing = nullptr);
  void after_login(const uuid& account, const uuid& address, bool right, time_point now);

  /// How often something of each class was refused.
  std::vector<edge_counts::named> refusals() const;

private:
  struct class_buckets {
    explicit class_buckets(rate of_one);
    token_buckets each;
    token_buckets networks; ///< by the /48 of an IPv6 address
  };
  static constexpr std::size_t classes = static_cast<std::size_t>(rate_class::address) + 1;
  struct known_pairs {
    std::mutex mutex;
    std::unordered_set<uuid, seeded_hash> pairs; // by mutex; full: emptied, and learned anew
  };
  class_buckets* buckets_of(rate_class of);
  problem say_no(rate_class of, std::string_view words, std::chrono::milliseconds wait);
  bool is_known(const uuid& pair);
  std::optional<problem> refuse(token_buckets& by, rate_class of, const uuid& key, time_point now,
                                rate_standing* standing, std::string_view words);
  std::optional<problem> refuse(class_buckets& by, rate_class of, const uuid& key, time_point now,
                                rate_standing* standing, std::string_view words);

  const bool enabled_;
  class_buckets addresses_, reads_, writes_, looks_back_, joins_, typing_, registrations_, logins_;
  token_buckets accounts_, pairs_;
  growing_delays wrong_passwords_;
  known_pairs known_;
  std::array<shared_tally, classes> refused_;
};

} // namespace palabre::http
