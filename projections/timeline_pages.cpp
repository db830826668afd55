#include "projections/timeline_pages.hpp"

#include "base/bytes.hpp"
#include "projections/keys.hpp"
#include "projections/tables.hpp"

#include <algorithm>

namespace palabre::projections {
namespace {

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

/// The anchor and what follows it, filled up with what came before.
result<page_rows> read_around(const storage::views_store& views, room_id room, const page_request& what,
                              stream_version end) {
  page_rows page;
  const stream_version anchor = std::min(what.seq, end);
  const std::size_t half = (what.limit + 1) / 2;
  PALABRE_TRY(auto newer, read_oldest(views, room, anchor, end, what.limit));
  PALABRE_TRY(auto older, read_newest(views, room, anchor, what.limit));
  const std::size_t keep_newer =
      std::min(newer.rows.size(), std::max(half, what.limit - std::min(what.limit, older.rows.size())));
  const std::size_t keep_older = std::min(older.rows.size(), what.limit - keep_newer);
  page.newer = newer.more || keep_newer < newer.rows.size();
  page.older = older.more || keep_older < older.rows.size();
  // Moving a short string moves its bytes: take the views again afterwards.
  std::move(older.rows.end() - static_cast<std::ptrdiff_t>(keep_older), older.rows.end(),
            std::back_inserter(page.rows));
  std::move(newer.rows.begin(), newer.rows.begin() + static_cast<std::ptrdiff_t>(keep_newer),
            std::back_inserter(page.rows));
  PALABRE_TRY(view_rows(page.rows));
  return page;
}

} // namespace

result<page_rows> read_page(const storage::views_store& views, room_id room, const page_request& what,
                            stream_version end) {
  using anchor = page_request::anchor;
  if (what.from == anchor::around) return read_around(views, room, what, end);
  page_rows page;
  slice s;
  if (what.from == anchor::after) {
    const stream_version first = what.seq >= end ? end : what.seq + 1;
    PALABRE_TRY(s, read_oldest(views, room, first, end, what.limit));
    page.newer = s.more;
    PALABRE_TRY(auto before, read_newest(views, room, first, 1));
    page.older = !before.rows.empty();
  } else {
    const stream_version upper = what.from == anchor::newest ? end : std::min(what.seq, end);
    PALABRE_TRY(s, read_newest(views, room, upper, what.limit));
    page.older = s.more;
    if (what.from == anchor::before) {
      PALABRE_TRY(auto beyond, read_oldest(views, room, upper, end, 1));
      page.newer = !beyond.rows.empty();
    }
  }
  page.rows = std::move(s.rows);
  return page;
}

} // namespace palabre::projections
