#include "projections/message_row.hpp"

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/json_writer.hpp"
#include "base/limits.hpp"
#include "base/stream_id.hpp"
#include "projections/keys.hpp"

#include <algorithm>
#include <limits>

namespace palabre::projections {
namespace {

// Fixed fields, in this order: message, room, author, reply_to (16 each), seq, reply_to_seq, created, edited, deleted
// (8 each; -1: none), edits, reply_count (4 each), then the sizes of what follows.
constexpr std::int64_t no_time = -1;
constexpr std::string_view body_key = R"(,"body":)";
constexpr std::string_view metadata_key = R"(,"metadata":)";

error corrupt() {
  return {errc::corrupt, "a message row of the views is damaged"};
}

void append_id(std::string& out, const uuid& id) {
  out += '"';
  append_text(out, id);
  out += '"';
}

void append_optional_time(std::string& out, const std::optional<timestamp>& t) {
  if (!t) {
    out += "null";
    return;
  }
  out += '"';
  out += to_rfc3339(*t);
  out += '"';
}

/// A stretch of `out` behind its size, which is written once the stretch is.
template <class Size>
class sized_part {
public:
  explicit sized_part(std::string& out) : out_(out), begin_(out.size() + sizeof(Size)) {
    out.append(sizeof(Size), '\0');
  }
  void end() {
    const std::size_t size = out_.size() - begin_;
    PALABRE_ASSERT(size <= std::numeric_limits<Size>::max());
    set_int<Size>(out_.data() + begin_ - sizeof(Size), static_cast<Size>(size));
  }

private:
  std::string& out_;
  const std::size_t begin_;
};

void append_before_author(std::string& out, const message_row& row) {
  sized_part<std::uint16_t> part(out);
  out += R"({"id":)";
  append_id(out, row.message);
  out += R"(,"room_id":)";
  append_id(out, row.room);
  out += R"(,"seq":)";
  append_json_uint(out, row.seq);
  out += R"(,"author_id":)";
  append_id(out, row.author);
  out += R"(,"author":)";
  part.end();
}

void append_before_reactions(std::string& out, const message_row& row) {
  sized_part<std::uint32_t> part(out);
  out += body_key;
  out += row.body_json;
  out += metadata_key;
  out += row.metadata_json;
  out += R"(,"mentioned_user_ids":[)";
  for (const user_id each : row.mentioned) {
    if (out.back() != '[') out += ',';
    append_id(out, each);
  }
  out += R"(],"reply_to":)";
  if (row.reply_to)
    append_id(out, *row.reply_to);
  else
    out += "null";
  out += R"(,"created_at":)";
  append_optional_time(out, row.created_at);
  out += R"(,"edited_at":)";
  append_optional_time(out, row.edited_at);
  out += R"(,"deleted_at":)";
  append_optional_time(out, row.deleted_at);
  out += R"(,"reactions":)";
  part.end();
}

void append_after_reactions(std::string& out, const message_row& row) {
  sized_part<std::uint16_t> part(out);
  out += R"(,"reply_count":)";
  append_json_uint(out, row.reply_count);
  out += '}';
  part.end();
}

void append_packed(std::string& out, const std::vector<reaction_count>& reactions) {
  sized_part<std::uint16_t> part(out);
  for (const reaction_count& r : reactions) {
    put_int<std::uint8_t>(out, static_cast<std::uint8_t>(r.emoji.size()));
    out += r.emoji;
    put_int<std::uint32_t>(out, r.count);
  }
  part.end();
}

std::optional<timestamp> time_or_none(std::int64_t ms) {
  return ms == no_time ? std::nullopt : std::optional<timestamp>{timestamp{ms}};
}

struct stored_row {
  message_row fixed;
  message_view view;
  std::size_t body_size = 0, metadata_size = 0;
};

result<stored_row> take_apart(std::string_view stored) {
  byte_reader in(stored);
  stored_row row;
  message_row& f = row.fixed;
  f.message = message_id{take_uuid(in)};
  f.room = room_id{take_uuid(in)};
  f.author = user_id{take_uuid(in)};
  f.reply_to = message_id{take_uuid(in)};
  if (f.reply_to->is_nil()) f.reply_to.reset();
  f.seq = in.integer<std::uint64_t>();
  f.reply_to_seq = in.integer<std::uint64_t>();
  f.created_at = {in.integer<std::int64_t>()};
  f.edited_at = time_or_none(in.integer<std::int64_t>());
  f.deleted_at = time_or_none(in.integer<std::int64_t>());
  f.edits = in.integer<std::uint32_t>();
  f.reply_count = in.integer<std::uint32_t>();
  row.body_size = in.integer<std::uint32_t>();
  row.metadata_size = in.integer<std::uint32_t>();
  message_view& v = row.view;
  v.message = f.message;
  v.author = f.author;
  v.seq = f.seq;
  v.reply_to_seq = f.reply_to_seq;
  v.deleted = f.deleted_at.has_value();
  v.edits = f.edits;
  v.before_author = in.string<std::uint16_t>();
  v.before_reactions = in.string<std::uint32_t>();
  v.after_reactions = in.string<std::uint16_t>();
  v.reactions = in.string<std::uint16_t>();
  v.mentioned = in.string<std::uint16_t>();
  if (!in.finished() || v.mentioned.size() % 16 != 0) return corrupt();
  if (v.before_reactions.size() < body_key.size() + row.body_size) return corrupt();
  v.body_json = v.before_reactions.substr(body_key.size(), row.body_size);
  return row;
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
  constexpr std::size_t all_but_words = 560; // of most rows: ids, keys and times, in both forms
  std::string out;
  out.reserve(all_but_words + row.body_json.size() + row.metadata_json.size() + 24 * row.reactions.size());
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
  put_int<std::uint32_t>(out, static_cast<std::uint32_t>(row.body_json.size()));
  put_int<std::uint32_t>(out, static_cast<std::uint32_t>(row.metadata_json.size()));
  append_before_author(out, row);
  append_before_reactions(out, row);
  append_after_reactions(out, row);
  append_packed(out, row.reactions);
  sized_part<std::uint16_t> mentions(out);
  for (const user_id each : row.mentioned) append_bytes(out, each);
  mentions.end();
  return out;
}

result<message_row> decode_message_row(std::string_view stored) {
  PALABRE_TRY(auto row, take_apart(stored));
  const std::string_view middle = row.view.before_reactions;
  const std::size_t metadata_at = body_key.size() + row.body_size + metadata_key.size();
  if (metadata_at + row.metadata_size > middle.size()) return corrupt();
  row.fixed.body_json = row.view.body_json;
  row.fixed.metadata_json = middle.substr(metadata_at, row.metadata_size);
  const bool whole = for_each_reaction(row.view.reactions, [&](std::string_view emoji, std::uint32_t count) {
    row.fixed.reactions.push_back({std::string(emoji), count});
  });
  if (!whole) return corrupt();
  row.fixed.mentioned = mentioned_in(row.view);
  return std::move(row.fixed);
}

result<message_view> view_message_row(std::string_view stored) {
  PALABRE_TRY(auto row, take_apart(stored));
  return row.view;
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
  out += to_rfc3339(at);
  out += R"("})";
}

void append_message(std::string& out, const message_view& row, std::string_view author_json,
                    const std::vector<std::string_view>& mine, std::string_view parent_json) {
  out += row.before_author;
  out += author_json;
  out += row.before_reactions;
  append_reactions(out, row.reactions, mine);
  out += R"(,"parent":)";
  out += parent_json;
  out += row.after_reactions;
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
