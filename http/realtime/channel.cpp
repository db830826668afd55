#include "http/realtime/channel.hpp"

#include "base/assert.hpp"
#include "events/streams.hpp"

namespace palabre::http::realtime {

namespace {

constexpr std::string_view room_prefix = "room:";
constexpr std::string_view user_prefix = "user:";

} // namespace

channel_id channel_named(std::string_view name) {
  uuid id;
  id.bytes = shortened(sha256(name));
  return {channel_id::kind::named, id};
}

bool is_reserved(std::string_view channel) {
  return channel.starts_with(room_prefix) || channel.starts_with(user_prefix);
}

std::optional<channel_id> parse_channel(std::string_view name) {
  if (!is_reserved(name)) return channel_named(name);
  static_assert(room_prefix.size() == user_prefix.size());
  const auto id = parse_uuid(name.substr(room_prefix.size()));
  if (!id) return std::nullopt;
  return name.starts_with(room_prefix) ? channel_of(room_id{*id}) : channel_of(user_id{*id});
}

stream_id stream_of(const channel_id& channel) {
  PALABRE_ASSERT(channel.what != channel_id::kind::named);
  if (channel.what == channel_id::kind::room) return events::stream_of(room_id{channel.id});
  return events::inbox_of(user_id{channel.id});
}

void append_name(std::string& out, const channel_id& channel) {
  PALABRE_ASSERT(channel.what != channel_id::kind::named);
  out += channel.what == channel_id::kind::room ? room_prefix : user_prefix;
  append_text(out, channel.id);
}

} // namespace palabre::http::realtime
