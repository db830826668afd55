#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "projections/keys.hpp"
#include "projections/tables.hpp"
#include "projections/timeline.hpp"
#include "projections/timeline_pages.hpp"

#include <algorithm>

namespace palabre::projections {
namespace {

/// The viewer's reactions to the messages of a page, in order of seq: one range scan.
struct my_reaction {
  stream_version seq;
  std::string emoji;
};

result<std::vector<my_reaction>> read_mine(const storage::views_store& views, room_id room, user_id viewer,
                                           stream_version first, stream_version last) {
  std::vector<my_reaction> mine;
  PALABRE_TRY(views.range(tables::my_reactions, key_of(room, viewer, first), key_of(room, viewer, last + 1), true,
                          [&](std::string_view key, std::string_view) {
                            byte_reader in(key.substr(32));
                            const auto seq = in.integer<std::uint64_t>();
                            mine.push_back({seq, std::string(in.string<std::uint8_t>())});
                            return true;
                          }));
  return mine;
}

/// Writes messages of a room down, with what stands beside their rows.
class message_writer {
public:
  message_writer(const storage::views_store& views, profiles& authors, room_id room, user_id viewer)
      : views_(views), authors_(authors), room_(room), viewer_(viewer) {}

  /// Reads what the messages of `rows` need: to be called before append().
  result<void> prepare(const std::vector<page_row>& rows) {
    stream_version first = end_of_time, last = 0;
    for (const page_row& row : rows) {
      if (row.view.reactions.empty()) continue;
      first = std::min(first, row.view.seq);
      last = std::max(last, row.view.seq);
    }
    constexpr stream_version near = 4 * limits::page_items_max; // those between are not many more
    if (first <= last && last - first <= near) {
      PALABRE_TRY(mine_, read_mine(views_, room_, viewer_, first, last));
    } else if (first <= last) {
      PALABRE_TRY(read_mine_of_each(rows));
    }
    return read_parents(rows);
  }

  result<void> append(std::string& out, const message_view& row) {
    PALABRE_TRY(const auto author, author_of(row.author));
    std::vector<std::string_view> emoji;
    const auto first = std::ranges::lower_bound(mine_, row.seq, {}, &my_reaction::seq);
    for (auto each = first; each != mine_.end() && each->seq == row.seq; ++each) emoji.push_back(each->emoji);
    const auto parent = parents_.find(row.reply_to_seq);
    append_message(out, row, *author, emoji, parent == parents_.end() ? "null" : std::string_view(parent->second));
    return success();
  }

private:
  result<std::shared_ptr<const std::string>> author_of(user_id user) {
    auto& author = names_[user];
    if (!author) {
      PALABRE_TRY(author, authors_.author_json(user));
    }
    return author;
  }

  result<void> read_mine_of_each(const std::vector<page_row>& rows) {
    for (const page_row& row : rows) {
      if (row.view.reactions.empty()) continue;
      PALABRE_TRY(auto mine, read_mine(views_, room_, viewer_, row.view.seq, row.view.seq));
      std::ranges::move(mine, std::back_inserter(mine_));
    }
    std::ranges::sort(mine_, {}, &my_reaction::seq);
    return success();
  }

  /// One look-up of many.
  result<void> read_parents(const std::vector<page_row>& rows) {
    flat_strings keys;
    for (const page_row& row : rows)
      if (row.view.reply_to_seq != 0 && parents_.try_emplace(row.view.reply_to_seq, "null").second)
        keys.push_back(key_of(room_, row.view.reply_to_seq));
    if (keys.empty()) return success();
    PALABRE_TRY(const auto found, views_.get_many(tables::messages, keys));
    for (const auto& stored : found) {
      if (!stored) return error{errc::corrupt, "a message that was replied to is not in the views"};
      PALABRE_TRY(const auto view, view_message_row(*stored));
      PALABRE_TRY(const auto author, author_of(view.author));
      std::string& parent = parents_[view.seq];
      parent.clear();
      append_parent(parent, view, *author);
    }
    return success();
  }

  const storage::views_store& views_;
  profiles& authors_;
  const room_id room_;
  const user_id viewer_;
  std::vector<my_reaction> mine_;
  std::unordered_map<stream_version, std::string> parents_;
  std::unordered_map<user_id, std::shared_ptr<const std::string>> names_;
};

} // namespace

result<message_page> timeline_queries::page(room_id room, user_id viewer, const page_request& what) const {
  PALABRE_TRY(const page_rows found, read_page(views_, room, what, end_of_time));
  message_page page;
  page.older = found.older;
  page.newer = found.newer;
  page.count = found.rows.size();
  page.items_json = "[";
  if (!found.rows.empty()) {
    page.first_seq = found.rows.front().view.seq;
    page.last_seq = found.rows.back().view.seq;
    message_writer writer(views_, authors_, room, viewer);
    PALABRE_TRY(writer.prepare(found.rows));
    constexpr std::size_t usual_message_bytes = 704; // with a hundred letters
    page.items_json.reserve(found.rows.size() * usual_message_bytes);
    for (const page_row& row : found.rows) {
      if (page.items_json.size() > 1) page.items_json += ',';
      PALABRE_TRY(writer.append(page.items_json, row.view));
    }
  }
  page.items_json += ']';
  return page;
}

result<std::vector<pin>> timeline_queries::pins(room_id room) const {
  PALABRE_TRY(const auto stored, views_.get(tables::pins, key_of(room)));
  return decode_pins(stored.value_or(std::string{}));
}

result<std::optional<message_place>> timeline_queries::place_of(message_id message) const {
  PALABRE_TRY(auto stored, views_.get(tables::message_places, key_of(message)));
  if (!stored) return std::optional<message_place>{};
  if (stored->size() != 24) return error{errc::corrupt, "a message place of the views is damaged"};
  return std::optional<message_place>{
      {room_id{uuid_from_bytes(stored->data())}, get_int<std::uint64_t>(stored->data() + 16)}};
}

result<std::optional<timeline_queries::shown_message>> timeline_queries::show(room_id room, message_id message,
                                                                              user_id viewer) const {
  PALABRE_TRY(auto place, place_of(message));
  if (!place || place->room != room) return std::optional<shown_message>{};
  return show_at(room, place->seq, viewer);
}

result<std::optional<timeline_queries::shown_message>> timeline_queries::show_at(room_id room, stream_version seq,
                                                                                 user_id viewer) const {
  PALABRE_TRY(auto stored, views_.get(tables::messages, key_of(room, seq)));
  if (!stored) return std::optional<shown_message>{};
  std::vector<page_row> rows;
  rows.push_back({std::move(*stored), {}});
  message_view& view = rows.front().view;
  PALABRE_TRY(view, view_message_row(rows.front().stored));
  message_writer writer(views_, authors_, room, viewer);
  PALABRE_TRY(writer.prepare(rows));
  shown_message shown{{}, view.deleted_at.has_value()};
  PALABRE_TRY(writer.append(shown.json, view));
  return std::optional{std::move(shown)};
}

result<std::optional<std::string>> timeline_queries::message(room_id room, message_id message, user_id viewer) const {
  PALABRE_TRY(auto shown, show(room, message, viewer));
  return shown ? std::optional(std::move(shown->json)) : std::nullopt;
}

result<std::string> timeline_queries::messages(room_id room, const std::vector<message_id>& ids, user_id viewer) const {
  flat_strings keys; // in the order that was asked for
  for (const message_id each : ids) {
    PALABRE_TRY(const auto place, place_of(each));
    if (place && place->room == room) keys.push_back(key_of(room, place->seq));
  }
  PALABRE_TRY(auto found, views_.get_many(tables::messages, keys));
  std::vector<page_row> rows;
  for (auto& stored : found) {
    if (!stored) return error{errc::corrupt, "a message of the views is not at its place"};
    rows.push_back({std::move(*stored), {}});
  }
  for (page_row& row : rows) {
    PALABRE_TRY(row.view, view_message_row(row.stored));
  }
  message_writer writer(views_, authors_, room, viewer);
  PALABRE_TRY(writer.prepare(rows));
  std::string items = "[";
  for (const page_row& row : rows) {
    if (items.size() > 1) items += ',';
    PALABRE_TRY(writer.append(items, row.view));
  }
  return items + ']';
}

result<std::string> timeline_queries::parent_json(room_id room, message_id parent) const {
  PALABRE_TRY(const auto place, place_of(parent));
  if (!place || place->room != room) return std::string("null");
  PALABRE_TRY(const auto stored, views_.get(tables::messages, key_of(room, place->seq)));
  if (!stored) return error{errc::corrupt, "a message of the views is not at its place"};
  PALABRE_TRY(const auto view, view_message_row(*stored));
  PALABRE_TRY(const auto author, authors_.author_json(view.author));
  std::string out;
  append_parent(out, view, *author);
  return out;
}

result<std::optional<std::string>> timeline_queries::message_at(room_id room, stream_version seq,
                                                                user_id viewer) const {
  PALABRE_TRY(auto shown, show_at(room, seq, viewer));
  return shown && !shown->deleted ? std::optional(std::move(shown->json)) : std::nullopt;
}

namespace {

/// Of a message's row, what it says.
struct said_words {
  std::optional<std::string> body;
};
BOOST_DESCRIBE_STRUCT(said_words, (), (body))

} // namespace

result<std::optional<std::string>> timeline_queries::words_at(room_id room, stream_version seq) const {
  PALABRE_TRY(const auto stored, views_.get(tables::messages, key_of(room, seq)));
  if (!stored) return std::optional<std::string>{};
  PALABRE_TRY(const auto row, decode_message_row(*stored));
  PALABRE_TRY(auto said, events::from_json<said_words>("message", R"({"body":)" + row.body_json + '}'));
  return std::move(said.body);
}

/// A message that was deleted since the row of the pins was read is none any more.
result<std::string> timeline_queries::pins_json(room_id room, user_id viewer) const {
  PALABRE_TRY(const auto all, pins(room));
  std::string list = "[";
  for (auto each = all.rbegin(); each != all.rend(); ++each) {
    PALABRE_TRY(const auto shown, show(room, each->message, viewer));
    if (!shown) return error{errc::corrupt, "a pinned message is not in the views"};
    if (!shown->deleted) append_pin(list, each->by, each->at, shown->json);
  }
  return list + ']';
}

result<std::optional<events::message_fact>> timeline_queries::fact_at(room_id room, stream_version seq) const {
  PALABRE_TRY(auto stored, views_.get(tables::messages, key_of(room, seq)));
  if (!stored) return std::optional<events::message_fact>{};
  PALABRE_TRY(auto view, view_message_row(*stored));
  return std::optional<events::message_fact>{
      {seq, view.author, view.deleted_at.has_value(), view.edits, mentioned_in(view)}};
}

result<std::optional<events::message_fact>> timeline_queries::fact(room_id room, message_id message) const {
  PALABRE_TRY(auto place, place_of(message));
  if (!place || place->room != room) return std::optional<events::message_fact>{};
  return fact_at(room, place->seq);
}

result<std::vector<std::string>> timeline_queries::emoji_kinds(room_id room, stream_version message_seq) const {
  std::vector<std::string> kinds;
  PALABRE_TRY(auto stored, views_.get(tables::messages, key_of(room, message_seq)));
  if (!stored) return kinds;
  PALABRE_TRY(auto row, decode_message_row(*stored));
  for (reaction_count& r : row.reactions) kinds.push_back(std::move(r.emoji));
  return kinds;
}

result<bool> timeline_queries::reacted(room_id room, user_id user, stream_version message_seq,
                                       std::string_view emoji) const {
  PALABRE_TRY(auto stored, views_.get(tables::my_reactions, key_of(room, user, message_seq, emoji)));
  return stored.has_value();
}

result<std::optional<std::string>> timeline_queries::reactions(room_id room, message_id message, user_id viewer) const {
  PALABRE_TRY(auto place, place_of(message));
  if (!place || place->room != room) return std::optional<std::string>{};
  PALABRE_TRY(auto stored, views_.get(tables::messages, key_of(room, place->seq)));
  if (!stored) return std::optional<std::string>{};
  PALABRE_TRY(auto view, view_message_row(*stored));
  PALABRE_TRY(auto mine, read_mine(views_, room, viewer, place->seq, place->seq));
  std::vector<std::string_view> emoji;
  for (const my_reaction& m : mine) emoji.push_back(m.emoji);
  std::string out;
  append_reactions(out, view.reactions, emoji);
  return std::optional<std::string>{std::move(out)};
}

result<std::string> timeline_queries::who_reacted(room_id room, stream_version message_seq, std::string_view after,
                                                  std::size_t limit, std::string& next) const {
  const row_key prefix = key_of(room, message_seq);
  std::string first = prefix;
  first += after;
  if (!after.empty()) first += '\0'; // the first key behind `after`
  std::string out = "[", last;
  std::size_t count = 0;
  next.clear();
  PALABRE_TRY(views_.range(
      tables::reactions, first, end_of_prefix(prefix), true, [&](std::string_view key, std::string_view stored) {
        if (count == limit) {
          next = last;
          return false;
        }
        last = key.substr(prefix.size());
        byte_reader in(last);
        const std::string_view emoji = in.string<std::uint8_t>();
        if (count++ > 0) out += ',';
        append_reactor(out, emoji, user_id{uuid_from_bytes(in.rest().data())}, {get_int<std::int64_t>(stored.data())});
        return true;
      }));
  out += ']';
  return out;
}

} // namespace palabre::projections
