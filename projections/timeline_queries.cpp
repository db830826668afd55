#include "base/bytes.hpp"
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
    const bool any_reaction = std::any_of(found.rows.begin(), found.rows.end(),
                                          [](const page_row& row) { return !row.view.reactions.empty(); });
    std::vector<my_reaction> mine;
    if (any_reaction) {
      PALABRE_TRY(mine, read_mine(views_, room, viewer, page.first_seq, page.last_seq));
    }
    std::unordered_map<user_id, std::shared_ptr<const std::string>> authors;
    std::vector<std::string_view> emoji;
    auto next_mine = mine.begin();
    for (const page_row& row : found.rows) {
      auto& author = authors[row.view.author];
      if (!author) {
        PALABRE_TRY(author, authors_.author_json(row.view.author));
      }
      emoji.clear();
      for (; next_mine != mine.end() && next_mine->seq <= row.view.seq; ++next_mine)
        if (next_mine->seq == row.view.seq) emoji.push_back(next_mine->emoji);
      if (page.items_json.size() > 1) page.items_json += ',';
      append_message(page.items_json, row.view, *author, emoji);
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
  PALABRE_TRY(auto view, view_message_row(*stored));
  PALABRE_TRY(auto author, authors_.author_json(view.author));
  std::vector<my_reaction> mine;
  if (!view.reactions.empty()) {
    PALABRE_TRY(mine, read_mine(views_, room, viewer, seq, seq));
  }
  std::vector<std::string_view> emoji;
  for (const my_reaction& m : mine) emoji.push_back(m.emoji);
  shown_message shown{{}, view.deleted};
  append_message(shown.json, view, *author, emoji);
  return std::optional{std::move(shown)};
}

result<std::optional<std::string>> timeline_queries::message(room_id room, message_id message, user_id viewer) const {
  PALABRE_TRY(auto shown, show(room, message, viewer));
  return shown ? std::optional(std::move(shown->json)) : std::nullopt;
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
  return std::optional<events::message_fact>{{seq, view.author, view.deleted, view.edits}};
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
  const std::string prefix = key_of(room, message_seq);
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
