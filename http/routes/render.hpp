#pragma once
// What handlers answer, as JSON in the shapes of api.md.

#include "http/api.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace palabre::http {

enum class profile_of : bool { other, self }; ///< only oneself sees the address

/// `{"id":…,"login":…,"display_name":…,"avatar_url":…,"bio":…,"city":…,"interests":[…],"created_at":…}`, with `email`
/// for self.
std::string render_user(user_id id, const projections::user_row& row, profile_of whose);

/// The Room of api.md.
std::string render_room(const projections::room_row& row, const projections::room_viewer& to);
/// What a room is to who is in it.
struct own_room_state {
  projections::read_state read;
  projections::belongings_row belongings;
};
/// The Room of a list: with what the viewer is and has in it, which is null for who is not in it. Requires: `own` for
/// who is.
void append_listed_room(std::string& out, const projections::roster_queries::listed_room& item,
                        const std::optional<own_room_state>& own, const projections::room_viewer& to);
/// `{"last_read_seq":…,"unread_count":…,"mention_count":…}`.
std::string render_read_state(const projections::read_state& read);

void append_member(std::string& out, const projections::roster_queries::listed_member& item,
                   std::string_view author_json);

/// The Message as it was when its event was committed: no reactions, no edits. `parent_json`: of what it replies to.
/// Errors: corrupt: not a message.posted of today's shape or an older one.
result<std::string> render_posted(const storage::record& posted, std::string_view author_json,
                                  std::string_view parent_json);

/// `{"items":<items>,"next":…,"prev":…}`. `items`: a JSON array; links: relative URLs, empty for null.
std::string render_page(std::string_view items, std::string_view next, std::string_view prev);

/// The name in `{"display_name":…,"avatar_url":…}`; empty where it is null.
result<std::string> display_name_in(std::string_view author_json);

// ---- Answers

answer json_answer(int status, std::string body);

/// The answer to a command: where it is in the log, and whether it was carried out when it first came.
answer written(int status, std::string body, const actors::outcome& done);
/// The same for an answer that has its own headers already.
void add_outcome(answer& a, const actors::outcome& done);

} // namespace palabre::http
