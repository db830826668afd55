#pragma once
// Which stored rows a page of messages is made of.

#include "projections/message_row.hpp"
#include "projections/timeline.hpp"

namespace palabre::projections {

/// Behind every seq.
inline constexpr stream_version end_of_time = ~stream_version{0};

/// One row of a page: stored bytes and the view into them.
struct page_row {
  std::string stored;
  message_view view;
};

/// Ascending by seq. `older`/`newer`: whether there is more on that side.
struct page_rows {
  std::vector<page_row> rows;
  bool older = false, newer = false;
};

/// Of the messages with seq < `end` those that `what` asks for. Errors: io, corrupt.
result<page_rows> read_page(const storage::views_store& views, room_id room, const page_request& what,
                            stream_version end);

} // namespace palabre::projections
