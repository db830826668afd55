#pragma once
// The one error vocabulary. A caller branches on the code, a human reads the context.

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <boost/outcome/success_failure.hpp>
#include <boost/outcome/try.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace palabre {

/// What went wrong, as far as a caller could act differently. `http/problem.cpp` gives each its status and its stable
/// code.
enum class errc : std::uint8_t {
  // the request
  malformed,       ///< does not parse
  invalid,         ///< parses, does not validate
  limit_exceeded,  ///< over a bound; the context starts with the bound's name
  unauthenticated, ///< no token, or one that proves nothing
  token_expired,
  wrong_credentials, ///< login or password; never says which
  forbidden,
  not_found,
  // the state of what it concerns
  conflict,
  login_taken,
  not_a_member,
  banned,
  muted,
  slow_mode, ///< the context starts with the seconds that are left
  room_archived,
  owner_must_transfer,
  message_deleted,
  version_mismatch, ///< If-Match, or an expected stream version
  key_reused,       ///< an idempotency key with another body
  already_done,     ///< an idempotency key whose command is in the log: answer from there
  stale_facts,      ///< the facts in the command are older than what the actor still knows: look up again
  // the server
  overloaded,
  not_yet,     ///< the views have not reached the asked position in time
  unavailable, ///< the journal has stopped, or the server drains
  abandoned,   ///< an actor ended without an answer
  io,
  corrupt,         ///< stored bytes are not what was written
  from_the_future, ///< an event type or schema version this binary does not know
  internal,
};

std::string_view name_of(errc code);

struct error {
  errc code;
  std::string context;

  friend bool operator==(const error& a, const error& b) { return a.code == b.code; }
};

/// Success or `error`. Reading the wrong side aborts.
template <class T>
using result = boost::outcome_v2::basic_result<T, error, boost::outcome_v2::policy::terminate>;

inline auto success() {
  return boost::outcome_v2::success();
}

/// `PALABRE_TRY(auto x, f())`: x = the value, or return the error. In coroutines `PALABRE_CO_TRY`.
#define PALABRE_TRY(...) BOOST_OUTCOME_TRY(__VA_ARGS__)
#define PALABRE_CO_TRY(...) BOOST_OUTCOME_CO_TRY(__VA_ARGS__)

} // namespace palabre
