#include "projections/room_row.hpp"
#include "base/bytes.hpp"
#include "base/json_fields.hpp"
#include "projections/keys.hpp"
#include "projections/roster.hpp"

namespace palabre::projections {
namespace {

void put_text(std::string& out, std::string_view text) {
  put_int<std::uint16_t>(out, static_cast<std::uint16_t>(text.size()));
  out += text;
}

void put_optional(std::string& out, const std::optional<std::string>& text) {
  out += text ? '\1' : '\0';
  if (text) put_text(out, *text);
}

std::optional<std::string> take_optional(byte_reader& in) {
  if (in.integer<std::uint8_t>() == 0) return std::nullopt;
  return std::string(in.string<std::uint16_t>());
}

error damaged_row() {
  return {errc::corrupt, "a room row of the views is damaged"};
}

} // namespace

std::string encode(const room_row& row) {
  std::string out;
  out.reserve(room_row_fixed_bytes + 160);
  put_int<std::uint64_t>(out, row.last_seq);
  put_int<std::uint64_t>(out, row.last_at.value);
  put_int<std::uint64_t>(out, row.message_count);
  put_int<std::uint64_t>(out, row.member_count);
  put_int<std::int64_t>(out, row.day.begins.ms);
  put_int<std::int64_t>(out, row.day.ends.ms);
  put_int<std::uint64_t>(out, row.messages_of_day);
  put_int<std::uint64_t>(out, row.settings_seq);
  put_int<std::int64_t>(out, row.created_at.ms);
  put_int<std::int64_t>(out, row.updated_at.ms);
  put_int<std::uint64_t>(out, row.settings.slow_mode_seconds);
  put_int<std::uint8_t>(out, static_cast<std::uint8_t>(row.kind));
  put_int<std::uint8_t>(out, static_cast<std::uint8_t>(row.settings.visibility));
  put_int<std::uint8_t>(out, row.archived);
  append_bytes(out, row.room);
  append_bytes(out, row.owner);
  append_bytes(out, row.peer.value_or(user_id{}));
  put_text(out, row.share_code);
  put_text(out, row.settings.name);
  put_optional(out, row.settings.description);
  put_optional(out, row.settings.category);
  put_optional(out, row.settings.color_theme);
  put_text(out, row.settings.time_zone);
  return out;
}

result<room_row> decode_room_row(std::string_view stored) {
  byte_reader in(stored);
  room_row row;
  row.last_seq = in.integer<std::uint64_t>();
  row.last_at = {in.integer<std::uint64_t>()};
  row.message_count = in.integer<std::uint64_t>();
  row.member_count = in.integer<std::uint64_t>();
  row.day.begins = {in.integer<std::int64_t>()};
  row.day.ends = {in.integer<std::int64_t>()};
  row.messages_of_day = in.integer<std::uint64_t>();
  row.settings_seq = in.integer<std::uint64_t>();
  row.created_at = {in.integer<std::int64_t>()};
  row.updated_at = {in.integer<std::int64_t>()};
  row.settings.slow_mode_seconds = static_cast<std::uint32_t>(in.integer<std::uint64_t>());
  row.kind = static_cast<events::room_kind>(in.integer<std::uint8_t>());
  row.settings.visibility = static_cast<events::visibility>(in.integer<std::uint8_t>());
  row.archived = in.integer<std::uint8_t>() != 0;
  row.room = room_id{take_uuid(in)};
  row.owner = user_id{take_uuid(in)};
  if (const user_id peer{take_uuid(in)}; !peer.is_nil()) row.peer = peer;
  row.share_code = in.string<std::uint16_t>();
  row.settings.name = in.string<std::uint16_t>();
  row.settings.description = take_optional(in);
  row.settings.category = take_optional(in);
  row.settings.color_theme = take_optional(in);
  row.settings.time_zone = in.string<std::uint16_t>();
  if (!in.finished()) return damaged_row();
  return row;
}

namespace {

constexpr std::size_t last_seq_at = 0, last_at_at = 8, message_count_at = 16, day_begins_at = 32, day_ends_at = 40,
                      messages_of_day_at = 48, slow_mode_at = 80;

events::day_bounds day_in(std::string_view stored) {
  return {{get_int<std::int64_t>(stored.data() + day_begins_at)}, {get_int<std::int64_t>(stored.data() + day_ends_at)}};
}

void add(std::string& stored, std::size_t at, std::uint64_t change) {
  char* const number = stored.data() + at;
  set_int<std::uint64_t>(number, get_int<std::uint64_t>(number) + change);
}

} // namespace

result<room_glance> glance_at_room_row(std::string_view stored) {
  constexpr std::size_t room_at = room_row_fixed_bytes + 3, id_bytes = 16, peer_at = room_at + 2 * id_bytes;
  if (stored.size() < peer_at + id_bytes) return damaged_row();
  return room_glance{.room = room_id{uuid_from_bytes(stored.data() + room_at)},
                     .is_direct = !uuid_from_bytes(stored.data() + peer_at).is_nil(),
                     .last_at = {get_int<std::uint64_t>(stored.data() + last_at_at)},
                     .day = day_in(stored),
                     .messages_of_day = get_int<std::uint64_t>(stored.data() + messages_of_day_at)};
}

bool count_message(std::string& stored, timestamp at) {
  if (!day_in(stored).contains(at)) return false;
  add(stored, message_count_at, 1);
  add(stored, messages_of_day_at, 1);
  return true;
}

void uncount_message(std::string& stored) {
  add(stored, message_count_at, static_cast<std::uint64_t>(-1));
}

void set_last(std::string& stored, stream_version seq, position at) {
  set_int<std::uint64_t>(stored.data() + last_seq_at, seq);
  set_int<std::uint64_t>(stored.data() + last_at_at, at.value);
}

bool is_in_slow_mode(const std::string& stored) {
  return get_int<std::uint64_t>(stored.data() + slow_mode_at) != 0;
}

void append_room_fields(std::string& out, const room_row& row, const room_viewer& to) {
  append_id_field(out, R"({"id":)", row.room);
  out += R"(,"kind":)";
  events::append_json(out, row.kind, events::secrets::hidden);
  append_text_field(out, R"(,"name":)", row.settings.name.empty() ? to.direct_name : row.settings.name);
  append_nullable_field(out, R"(,"description":)", row.settings.description);
  append_nullable_field(out, R"(,"category":)", row.settings.category);
  append_nullable_field(out, R"(,"color_theme":)", row.settings.color_theme);
  append_text_field(out, R"(,"visibility":)", events::name_of(row.settings.visibility));
  append_id_field(out, R"(,"owner_id":)", row.owner);
  if (row.peer) {
    append_id_field(out, R"(,"direct_user_ids":[)", row.owner);
    append_id_field(out, ",", *row.peer);
    out += ']';
  } else {
    out += R"(,"direct_user_ids":null)";
  }
  const bool has_code = to.is_member && !row.share_code.empty();
  if (has_code)
    append_text_field(out, R"(,"share_code":)", row.share_code);
  else
    out += R"(,"share_code":null)";
  append_number_field(out, R"(,"member_count":)", row.member_count);
  append_number_field(out, R"(,"message_count":)", row.message_count);
  append_number_field(out, R"(,"messages_today":)", row.messages_on(to.now));
  append_text_field(out, R"(,"time_zone":)", row.settings.time_zone);
  append_number_field(out, R"(,"slow_mode_seconds":)", row.settings.slow_mode_seconds);
  append_number_field(out, R"(,"last_seq":)", row.last_seq);
  out += row.archived ? R"(,"archived":true)" : R"(,"archived":false)";
  append_time_field(out, R"(,"created_at":)", row.created_at);
  append_time_field(out, R"(,"updated_at":)", row.updated_at);
}

} // namespace palabre::projections
