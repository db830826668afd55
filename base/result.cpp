#include "base/result.hpp"

namespace palabre {

std::string_view name_of(errc code) {
  switch (code) {
  case errc::malformed: return "malformed";
  case errc::invalid: return "invalid";
  case errc::limit_exceeded: return "limit_exceeded";
  case errc::unauthenticated: return "unauthenticated";
  case errc::token_expired: return "token_expired";
  case errc::wrong_credentials: return "wrong_credentials";
  case errc::forbidden: return "forbidden";
  case errc::not_found: return "not_found";
  case errc::conflict: return "conflict";
  case errc::login_taken: return "login_taken";
  case errc::not_a_member: return "not_a_member";
  case errc::banned: return "banned";
  case errc::muted: return "muted";
  case errc::slow_mode: return "slow_mode";
  case errc::room_archived: return "room_archived";
  case errc::owner_must_transfer: return "owner_must_transfer";
  case errc::message_deleted: return "message_deleted";
  case errc::version_mismatch: return "version_mismatch";
  case errc::key_reused: return "key_reused";
  case errc::already_done: return "already_done";
  case errc::stale_facts: return "stale_facts";
  case errc::overloaded: return "overloaded";
  case errc::not_yet: return "not_yet";
  case errc::unavailable: return "unavailable";
  case errc::abandoned: return "abandoned";
  case errc::io: return "io";
  case errc::corrupt: return "corrupt";
  case errc::from_the_future: return "from_the_future";
  case errc::internal: return "internal";
  }
  return "unknown";
}

} // namespace palabre
