#include "base/bytes.hpp"
#include "projections/keys.hpp"
#include "projections/tables.hpp"
#include "projections/timeline.hpp"

#include <algorithm>

namespace palabre::projections {
namespace {

constexpr stream_version end_of_time = ~stream_version{0};

/// One row of a page: stored bytes and the view into them.
struct page_row {
  std::string stored;
  message_view view;
};

/// At most `limit` rows in order of seq, and whether there was one more beyond them.
struct slice {
  std::vector<page_row> rows;
  bool more = false;
};

/// Rows with first ≤ seq < end from one side, at most `most`, put behind `rows` as they come.
result<void> read_rows(const storage::views_store& views, room_id room, stream_version first, stream_version end,
                       bool ascending, std::size_t most, std::vector<page_row>& rows) {
  std::size_t read = 0;
  if (most == 0) return success();
  return views.range(tables::messages, key_of(room, first), key_of(room, end), ascending,
                     [&](std::string_view, std::string_view stored) {
                       rows.push_back({std::string(stored), {}});
                       return ++read < most;
                     });
}

result<void> view_rows(std::vector<page_row>& rows) { // once the bytes are in their final place
  for (page_row& row : rows) {
    PALABRE_TRY(row.view, view_message_row(row.stored));
  }
  return success();
}

/// The oldest `limit` rows with first ≤ seq < end.
result<slice> read_oldest(const storage::views_store& views, room_id room, stream_version first, stream_version end,
                          std::size_t limit) {
  slice s;
  s.rows.reserve(limit + 1);
  PALABRE_TRY(read_rows(views, room, first, end, true, limit + 1, s.rows));
  s.more = s.rows.size() > limit;
  if (s.more) s.rows.pop_back();
  PALABRE_TRY(view_rows(s.rows));
  return s;
}

/// Behind the room's last event, whose seq stands at the front of its row; 0: no such room.
result<stream_version> end_of_room(const storage::views_store& views, room_id room) {
  PALABRE_TRY(const auto row, views.get(tables::rooms, key_of(room)));
  if (!row) return stream_version{0};
  if (row->size() < sizeof(stream_version)) return error{errc::corrupt, "a room of the views is damaged"};
  return get_int<std::uint64_t>(row->data()) + 1;
}

/// The newest `limit` rows with seq < end. In a store a step back costs a search, a step forward nearly nothing: so it
/// leaps back by as many seqs as rows are wanted, and reads forwards. A room's seqs are mostly messages; where they are
/// not, it leaps further, and a few times at most.
result<slice> read_newest(const storage::views_store& views, room_id room, stream_version end, std::size_t limit) {
  slice s;
  std::vector<page_row> part;
  stream_version upper = end;
  if (end == end_of_time) {
    PALABRE_TRY(upper, end_of_room(views, room));
  }
  const stream_version leap_max = 16 * (limit + 1);
  for (stream_version leap = limit + 1; s.rows.size() <= limit && upper > 0; leap *= 4) {
    const std::size_t wanted = limit + 1 - s.rows.size();
    part.clear();
    if (leap <= leap_max) {
      const stream_version lower = upper > leap ? upper - leap : 0;
      PALABRE_TRY(read_rows(views, room, lower, upper, true, leap, part));
      if (part.size() > wanted) part.erase(part.begin(), part.end() - static_cast<std::ptrdiff_t>(wanted));
      upper = lower;
    } else {
      PALABRE_TRY(read_rows(views, room, 0, upper, false, wanted, part));
      std::reverse(part.begin(), part.end());
      upper = 0;
    }
    s.rows.insert(s.rows.begin(), std::make_move_iterator(part.begin()), std::make_move_iterator(part.end()));
  }
  s.more = s.rows.size() > limit;
  if (s.more) s.rows.erase(s.rows.begin());
  PALABRE_TRY(view_rows(s.rows));
  return s;
}

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
  message_page page;
  slice s;
  using anchor = page_request::anchor;
  if (what.from == anchor::newest || what.from == anchor::before) {
    const stream_version end = what.from == anchor::newest ? end_of_time : what.seq;
    PALABRE_TRY(s, read_newest(views_, room, end, what.limit));
    page.older = s.more;
    if (what.from == anchor::before) {
      PALABRE_TRY(auto beyond, read_oldest(views_, room, what.seq, end_of_time, 1));
      page.newer = !beyond.rows.empty();
    }
  } else if (what.from == anchor::after) {
    const stream_version first = what.seq == end_of_time ? end_of_time : what.seq + 1;
    PALABRE_TRY(s, read_oldest(views_, room, first, end_of_time, what.limit));
    page.newer = s.more;
    PALABRE_TRY(auto before, read_newest(views_, room, first, 1));
    page.older = !before.rows.empty();
  } else { // the anchor and what follows it, filled up with what came before
    const std::size_t half = (what.limit + 1) / 2;
    PALABRE_TRY(auto newer, read_oldest(views_, room, what.seq, end_of_time, what.limit));
    PALABRE_TRY(auto older, read_newest(views_, room, what.seq, what.limit));
    const std::size_t keep_newer =
        std::min(newer.rows.size(), std::max(half, what.limit - std::min(what.limit, older.rows.size())));
    const std::size_t keep_older = std::min(older.rows.size(), what.limit - keep_newer);
    page.newer = newer.more || keep_newer < newer.rows.size();
    page.older = older.more || keep_older < older.rows.size();
    // Moving a short string moves its bytes: take the views again afterwards.
    std::move(older.rows.end() - static_cast<std::ptrdiff_t>(keep_older), older.rows.end(), std::back_inserter(s.rows));
    std::move(newer.rows.begin(), newer.rows.begin() + static_cast<std::ptrdiff_t>(keep_newer),
              std::back_inserter(s.rows));
    PALABRE_TRY(view_rows(s.rows));
  }
  page.items_json = "[";
  if (!s.rows.empty()) {
    page.first_seq = s.rows.front().view.seq;
    page.last_seq = s.rows.back().view.seq;
    const bool any_reaction =
        std::any_of(s.rows.begin(), s.rows.end(), [](const page_row& row) { return !row.view.reactions.empty(); });
    std::vector<my_reaction> mine;
    if (any_reaction) {
      PALABRE_TRY(mine, read_mine(views_, room, viewer, page.first_seq, page.last_seq));
    }
    std::unordered_map<user_id, std::shared_ptr<const std::string>> authors;
    std::vector<std::string_view> emoji;
    auto next_mine = mine.begin();
    for (const page_row& row : s.rows) {
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
  page.count = s.rows.size();
  return page;
}

result<std::optional<message_place>> timeline_queries::place_of(message_id message) const {
  PALABRE_TRY(auto stored, views_.get(tables::message_places, key_of(message)));
  if (!stored) return std::optional<message_place>{};
  if (stored->size() != 24) return error{errc::corrupt, "a message place of the views is damaged"};
  return std::optional<message_place>{
      {room_id{uuid_from_bytes(stored->data())}, get_int<std::uint64_t>(stored->data() + 16)}};
}

result<std::optional<std::string>> timeline_queries::message(room_id room, message_id message, user_id viewer) const {
  PALABRE_TRY(auto place, place_of(message));
  if (!place || place->room != room) return std::optional<std::string>{};
  PALABRE_TRY(auto stored, views_.get(tables::messages, key_of(room, place->seq)));
  if (!stored) return std::optional<std::string>{};
  PALABRE_TRY(auto view, view_message_row(*stored));
  PALABRE_TRY(auto author, authors_.author_json(view.author));
  PALABRE_TRY(auto mine, read_mine(views_, room, viewer, place->seq, place->seq));
  std::vector<std::string_view> emoji;
  for (const my_reaction& m : mine) emoji.push_back(m.emoji);
  std::string out;
  append_message(out, view, *author, emoji);
  return std::optional<std::string>{std::move(out)};
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
  PALABRE_TRY(views_.range(tables::reactions, first, end_of_prefix(prefix), true,
                           [&](std::string_view key, std::string_view stored) {
                             if (count == limit) {
                               next = last;
                               return false;
                             }
                             last = key.substr(prefix.size());
                             byte_reader in(last);
                             const std::string_view emoji = in.string<std::uint8_t>();
                             if (count++ > 0) out += ',';
                             out += R"({"emoji":)";
                             append_json_string(out, emoji);
                             out += R"(,"user_id":")";
                             append_text(out, uuid_from_bytes(in.rest().data()));
                             out += R"(","at":")";
                             out += to_rfc3339({get_int<std::int64_t>(stored.data())});
                             out += R"("})";
                             return true;
                           }));
  out += ']';
  return out;
}

} // namespace palabre::projections
