#include "projections/message_change.hpp"

#include "base/bytes.hpp"
#include "base/stream_id.hpp"

namespace palabre::projections {

std::string encode(const message_change& change) {
  std::string out;
  put_int<std::uint8_t>(out, static_cast<std::uint8_t>(change.what));
  put_int<std::int64_t>(out, change.time.ms);
  append_bytes(out, change.by);
  out += change.emoji;
  return out;
}

result<message_change> decode_message_change(stream_version seq, std::string_view stored) {
  constexpr std::size_t fixed_bytes = 25;
  constexpr auto last_kind = static_cast<unsigned char>(message_change::kind::answer_deleted);
  if (stored.size() < fixed_bytes || static_cast<unsigned char>(stored[0]) > last_kind)
    return error{errc::corrupt, "a change of a message is damaged in the views"};
  message_change change;
  change.seq = seq;
  change.what = static_cast<message_change::kind>(stored[0]);
  change.time = {get_int<std::int64_t>(stored.data() + 1)};
  change.by = user_id{uuid_from_bytes(stored.data() + 9)};
  change.emoji = stored.substr(fixed_bytes);
  return change;
}

} // namespace palabre::projections
