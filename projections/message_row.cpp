#include "projections/message_row.hpp"

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/json_writer.hpp"
#include "base/limits.hpp"
#include "base/stream_id.hpp"
#include "base/text_in_place.hpp"
#include "projections/keys.hpp"

#include <algorithm>
#include <limits>

namespace palabre::projections {
namespace {

// A row: message, room, author, reply_to (16 bytes each); seq, reply_to_seq, created, edited, deleted (8 each; -1:
// none); edits, reply_count (4 each); then, each behind its size, body and metadata as JSON, reactions, and mentions.
constexpr std::int64_t no_time = -1;
constexpr std::size_t fixed_bytes = 4 * 16 + 5 * 8 + 2 * 4;
constexpr std::size_t sizes_bytes = 2 * sizeof(std::uint32_t) + 2 * sizeof(std::uint16_t);

error corrupt() {
  return {errc::corrupt, "a message row of the views is damaged"};
}

void append_id(std::string& out, const uuid& id) {
  out += '"';
  append_text(out, id);
  out += '"';
}

/// In quotes; without a value null.
template <class Value>
void write_optional(text_in_place& out, const std::optional<Value>& value) {
  if (value)
    out << "\"" << *value << "\"";
  else
    out << "null";
}

/// `bytes` behind their size. Requires: it fits.
template <class Size>
void append_sized(std::string& out, std::string_view bytes) {
  PALABRE_ASSERT(bytes.size() <= std::numeric_limits<Size>::max());
  put_int<Size>(out, static_cast<Size>(bytes.size()));
  out += bytes;
}

void append_packed(std::string& out, const std::vector<reaction_count>& reactions) {
  std::size_t size = 0;
  for (const reaction_count& r : reactions) size += 1 + r.emoji.size() + sizeof r.count;
  PALABRE_ASSERT(size <= std::numeric_limits<std::uint16_t>::max());
  put_int<std::uint16_t>(out, static_cast<std::uint16_t>(size));
  for (const reaction_count& r : reactions) {
    append_sized<std::uint8_t>(out, r.emoji);
    put_int<std::uint32_t>(out, r.count);
  }
}

void append_packed(std::string& out, const std::vector<user_id>& mentioned) {
  const std::size_t size = mentioned.size() * sizeof(uuid);
  PALABRE_ASSERT(size <= std::numeric_limits<std::uint16_t>::max());
  put_int<std::uint16_t>(out, static_cast<std::uint16_t>(size));
  for (const user_id each : mentioned) append_bytes(out, each);
}

std::optional<timestamp> time_or_none(std::int64_t ms) {
  return ms == no_time ? std::nullopt : std::optional<timestamp>{timestamp{ms}};
}

/// Calls `visit(emoji, count)` for each; false: the bytes are damaged.
template <class Visit>
bool for_each_reaction(std::string_view packed, Visit visit) {
  byte_reader in(packed);
  while (in.ok() && !in.rest().empty()) {
    const std::string_view emoji = in.string<std::uint8_t>();
    const auto count = in.integer<std::uint32_t>();
    if (in.ok()) visit(emoji, count);
  }
  return in.ok();
}

/// The beginning of a text in JSON, as our writer makes it, with an ellipsis for what is cut off; "null" as it is.
void append_beginning(std::string& out, std::string_view json, std::size_t code_points) {
  if (json.empty() || json.front() != '"') {
    out += json;
    return;
  }
  std::size_t at = 1;
  for (std::size_t n = 0; n < code_points && at + 1 < json.size(); ++n) {
    if (json[at] == '\\') {
      at += json[at + 1] == 'u' ? 6 : 2;
      continue;
    }
    do ++at;
    while ((static_cast<unsigned char>(json[at]) & 0xC0) == 0x80);
  }
  out += json.substr(0, at);
  out += at + 1 < json.size() ? "…\"" : "\"";
}

} // namespace

std::string encode(const message_row& row) {
  constexpr std::size_t usual_reaction_bytes = 1 + 4 + 4;
  std::string out;
  out.reserve(fixed_bytes + sizes_bytes + row.body_json.size() + row.metadata_json.size() +
              usual_reaction_bytes * row.reactions.size() + sizeof(uuid) * row.mentioned.size());
  append_bytes(out, row.message);
  append_bytes(out, row.room);
  append_bytes(out, row.author);
  append_bytes(out, row.reply_to ? *row.reply_to : message_id{});
  put_int<std::uint64_t>(out, row.seq);
  put_int<std::uint64_t>(out, row.reply_to_seq);
  put_int<std::int64_t>(out, row.created_at.ms);
  put_int<std::int64_t>(out, row.edited_at ? row.edited_at->ms : no_time);
  put_int<std::int64_t>(out, row.deleted_at ? row.deleted_at->ms : no_time);
  put_int<std::uint32_t>(out, row.edits);
  put_int<std::uint32_t>(out, row.reply_count);
  append_sized<std::uint32_t>(out, row.body_json);
  append_sized<std::uint32_t>(out, row.metadata_json);
  append_packed(out, row.reactions);
  append_packed(out, row.mentioned);
  return out;
}

result<message_view> view_message_row(std::string_view stored) {
  byte_reader in(stored);
  message_view v;
  v.message = message_id{take_uuid(in)};
  v.room = room_id{take_uuid(in)};
  v.author = user_id{take_uuid(in)};
  v.reply_to = message_id{take_uuid(in)};
  if (v.reply_to->is_nil()) v.reply_to.reset();
  v.seq = in.integer<std::uint64_t>();
  v.reply_to_seq = in.integer<std::uint64_t>();
  v.created_at = {in.integer<std::int64_t>()};
  v.edited_at = time_or_none(in.integer<std::int64_t>());
  v.deleted_at = time_or_none(in.integer<std::int64_t>());
  v.edits = in.integer<std::uint32_t>();
  v.reply_count = in.integer<std::uint32_t>();
  v.body_json = in.string<std::uint32_t>();
  v.metadata_json = in.string<std::uint32_t>();
  v.reactions = in.string<std::uint16_t>();
  v.mentioned = in.string<std::uint16_t>();
  if (!in.finished() || v.mentioned.size() % sizeof(uuid) != 0) return corrupt();
  for (const timestamp each : {v.created_at, v.edited_at.value_or(timestamp{}), v.deleted_at.value_or(timestamp{})})
    if (!has_rfc3339(each)) return corrupt();
  return v;
}

result<message_row> decode_message_row(std::string_view stored) {
  PALABRE_TRY(const message_view view, view_message_row(stored));
  message_row row;
  row.message = view.message;
  row.room = view.room;
  row.author = view.author;
  row.reply_to = view.reply_to;
  row.seq = view.seq;
  row.reply_to_seq = view.reply_to_seq;
  row.created_at = view.created_at;
  row.edited_at = view.edited_at;
  row.deleted_at = view.deleted_at;
  row.edits = view.edits;
  row.reply_count = view.reply_count;
  row.body_json = view.body_json;
  row.metadata_json = view.metadata_json;
  const bool whole = for_each_reaction(view.reactions, [&](std::string_view emoji, std::uint32_t count) {
    row.reactions.push_back({std::string(emoji), count});
  });
  if (!whole) return corrupt();
  row.mentioned = mentioned_in(view);
  return row;
}

void append_reactions(std::string& out, std::string_view reactions, const std::vector<std::string_view>& mine) {
  out += '[';
  bool first = true;
  for_each_reaction(reactions, [&](std::string_view emoji, std::uint32_t count) {
    out += first ? R"({"emoji":)" : R"(,{"emoji":)";
    first = false;
    append_json_string(out, emoji);
    out += R"(,"count":)";
    append_json_uint(out, count);
    out += R"(,"me":)";
    out += std::find(mine.begin(), mine.end(), emoji) != mine.end() ? "true}" : "false}";
  });
  out += ']';
}

void append_reactor(std::string& out, std::string_view emoji, user_id user, timestamp at) {
  out += R"({"emoji":)";
  append_json_string(out, emoji);
  out += R"(,"user_id":")";
  append_text(out, user);
  out += R"(","at":")";
  append_rfc3339(out, at);
  out += R"("})";
}

void append_message(std::string& out, const message_view& row, std::string_view author_json,
                    const std::vector<std::string_view>& mine, std::string_view parent_json) {
  constexpr std::size_t fixed_text_max = 448; // names of fields, ids, times and numbers
  constexpr std::size_t mention_bytes = uuid_text_bytes + 3;
  text_in_place head(out, fixed_text_max + author_json.size() + row.body_json.size() + row.metadata_json.size() +
                              row.mentioned.size() / sizeof(uuid) * mention_bytes);
  head << R"({"id":")" << row.message << R"(","room_id":")" << row.room << R"(","seq":)" << row.seq
       << R"(,"author_id":")" << row.author << R"(","author":)" << author_json << R"(,"body":)" << row.body_json
       << R"(,"metadata":)" << row.metadata_json << R"(,"mentioned_user_ids":[)";
  for (std::size_t at = 0; at < row.mentioned.size(); at += sizeof(uuid))
    head << (at > 0 ? std::string_view(",\"") : std::string_view("\"")) << uuid_from_bytes(row.mentioned.data() + at)
         << "\"";
  head << R"(],"reply_to":)";
  write_optional(head, row.reply_to);
  head << R"(,"created_at":")" << row.created_at << R"(","edited_at":)";
  write_optional(head, row.edited_at);
  head << R"(,"deleted_at":)";
  write_optional(head, row.deleted_at);
  head << R"(,"reactions":)";
  head.end();
  append_reactions(out, row.reactions, mine);
  text_in_place tail(out, 64 + parent_json.size());
  tail << R"(,"parent":)" << parent_json << R"(,"reply_count":)" << std::uint64_t{row.reply_count} << "}";
  tail.end();
}

void append_parent(std::string& out, const message_view& parent, std::string_view author_json) {
  out += R"({"id":)";
  append_id(out, parent.message);
  out += R"(,"seq":)";
  append_json_uint(out, parent.seq);
  out += R"(,"author_id":)";
  append_id(out, parent.author);
  out += R"(,"author":)";
  out += author_json;
  out += R"(,"body":)";
  append_beginning(out, parent.body_json, limits::parent_code_points_max);
  out += '}';
}

std::vector<user_id> mentioned_in(const message_view& row) {
  return ids_in<user_id>(row.mentioned);
}

} // namespace palabre::projections
