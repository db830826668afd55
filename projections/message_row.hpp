#pragma once
// A message as the timeline keeps it. Body and metadata are JSON that is ready to send; ids and times are bytes, which
// become text when the message is shown: rows with both were twice as long (docs/decisions/message_rows.md).

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/position.hpp"
#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::projections {

struct reaction_count {
  std::string emoji;
  std::uint32_t count = 0;
};

/// All that a row says, taken apart; for folds.
struct message_row {
  message_id message;
  room_id room;
  stream_version seq = 0;
  user_id author;
  std::string body_json;     ///< in quotes and escaped; "null" once deleted
  std::string metadata_json; ///< "null" without, and once deleted
  std::optional<message_id> reply_to;
  stream_version reply_to_seq = 0;
  timestamp created_at;
  std::optional<timestamp> edited_at;
  std::optional<timestamp> deleted_at;
  std::uint32_t edits = 0;
  std::uint32_t reply_count = 0;
  std::vector<reaction_count> reactions; ///< in the order in which each emoji first came
  std::vector<user_id> mentioned;        ///< none once deleted
};

std::string encode(const message_row& row);
/// Errors: corrupt.
result<message_row> decode_message_row(std::string_view stored);

/// The same for readers, as views into the stored bytes.
struct message_view {
  message_id message;
  room_id room;
  user_id author;
  std::optional<message_id> reply_to;
  stream_version seq = 0;
  stream_version reply_to_seq = 0; ///< 0: no reply
  timestamp created_at;
  std::optional<timestamp> edited_at;
  std::optional<timestamp> deleted_at;
  std::uint32_t edits = 0;
  std::uint32_t reply_count = 0;
  std::string_view body_json;
  std::string_view metadata_json;
  std::string_view reactions; ///< u8 size + emoji, u32 count, …
  std::string_view mentioned; ///< ids, 16 bytes each
};

/// Errors: corrupt.
result<message_view> view_message_row(std::string_view stored);

/// Appends the Message of api.md. `author_json` is the profile as it is now; `mine` the viewer's emoji on this message;
/// `parent_json` what append_parent made of the message that it replies to, "null" without.
void append_message(std::string& out, const message_view& row, std::string_view author_json,
                    const std::vector<std::string_view>& mine, std::string_view parent_json);
/// Appends what a reply shows of its parent: `{"id","seq","author_id","author","body"}`, of the body at most
/// limits::parent_code_points_max.
void append_parent(std::string& out, const message_view& parent, std::string_view author_json);
/// Of message_view::mentioned.
std::vector<user_id> mentioned_in(const message_view& row);
/// Appends `{"emoji":…,"user_id":…,"at":…}`.
void append_reactor(std::string& out, std::string_view emoji, user_id user, timestamp at);
/// Appends `[{"emoji":…,"count":…,"me":…}]`.
void append_reactions(std::string& out, std::string_view reactions, const std::vector<std::string_view>& mine);

} // namespace palabre::projections
