#include "events/streams.hpp"

#include <algorithm>

namespace palabre::events {
namespace {

/// The purpose goes into the HMAC, so that a login and a share code of the same letters are unrelated names.
stream_id named(stream_kind kind, std::string_view purpose, std::string_view key, std::string_view name) {
  std::string text(purpose);
  text += name;
  const short_digest digest = shortened(hmac_sha256(key, text));
  uuid id;
  id.bytes = digest;
  return {static_cast<char>(kind), id};
}

std::string_view name_of(stream_kind kind) {
  switch (kind) {
  case stream_kind::user: return "user";
  case stream_kind::room: return "room";
  case stream_kind::login: return "login";
  case stream_kind::share_code: return "share_code";
  case stream_kind::inbox: return "inbox";
  case stream_kind::direct_pair: return "direct_pair";
  }
  return "unknown";
}

} // namespace

stream_id login_stream(std::string_view name_key, std::string_view login) {
  return named(stream_kind::login, "login:", name_key, login);
}

stream_id share_code_stream(std::string_view name_key, std::string_view code) {
  return named(stream_kind::share_code, "share_code:", name_key, code);
}

stream_id direct_pair_stream(user_id one, user_id other) {
  if (other < one) std::swap(one, other);
  std::string text = "direct_pair:";
  append_bytes(text, one);
  append_bytes(text, other);
  uuid id;
  id.bytes = shortened(sha256(text));
  return {static_cast<char>(stream_kind::direct_pair), id};
}

std::string name_of(const stream_id& stream) {
  std::string name(name_of(static_cast<stream_kind>(stream.kind)));
  name += ':';
  append_text(name, stream.id);
  return name;
}

std::optional<stream_id> parse_stream(std::string_view name) {
  const std::size_t colon = std::min(name.find(':'), name.size());
  const auto id = parse_uuid(name.substr(std::min(colon + 1, name.size())));
  if (!id) return std::nullopt;
  for (const stream_kind kind : {stream_kind::user, stream_kind::room, stream_kind::inbox, stream_kind::login,
                                 stream_kind::share_code, stream_kind::direct_pair})
    if (name.substr(0, colon) == name_of(kind)) return stream_id{static_cast<char>(kind), *id};
  return std::nullopt;
}

} // namespace palabre::events
