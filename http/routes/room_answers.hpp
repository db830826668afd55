#pragma once
// What routes about rooms have in common: the Room as an answer, and drawing a share code.

#include "base/stream_id.hpp"
#include "http/api.hpp"

#include <functional>
#include <string>

namespace palabre::http {

/// The Room as it is once the views have reached `done`, with its ETag. `status` counts unless `done` was replayed.
/// The room is the one `done` appended to, else `c.room`.
boost::asio::awaitable<answer_or_problem> answer_room(services& s, call& c, int status, actors::outcome done);

/// How `user` sees the room now. Errors: io, corrupt.
result<projections::room_viewer> room_viewer_for(services& s, const projections::room_row& row, user_id user,
                                                 bool is_member);

/// `c.room` as the caller sees it now, with its ETag.
answer_or_problem answer_room_as_read(services& s, const call& c);

/// Appends rooms as a JSON array, with how far `viewer` has read those that they are in. Requires: in order of their
/// ids. Errors: io, corrupt; `out` is then good for nothing.
result<void> append_listed_rooms(std::string& out, services& s, user_id viewer,
                                 const std::vector<projections::roster_queries::listed_room>& rooms);
/// What one of them takes, more or less: with a name of twenty letters and no description.
constexpr std::size_t usual_room_bytes = 704;

/// What `read` answers, which is about so many rooms: at once if they are few, else on a thread that may take its time.
/// Requires: what `read` refers to outlives the server. Errors: those of reader_pool::run.
boost::asio::awaitable<result<std::string>> answer_about_rooms(services& s, std::size_t rooms,
                                                               std::function<result<std::string>()> read);

/// What is wrong with `user` in a body's /user_id: there is no such account. nullopt: nothing.
std::optional<problem> check_person(services& s, user_id user);

/// The name under which the log and the profile's owner know the caller in this moment.
result<std::string> display_name_of(services& s, user_id user);

struct drawn_share_code {
  std::string code;
  stream_id stream; ///< where it is claimed
};
drawn_share_code draw_share_code(services& s);

} // namespace palabre::http
