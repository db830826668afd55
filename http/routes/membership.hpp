#pragma once
// Coming into rooms, leaving them, and who is there; rows of the table in rooms.cpp.

#include "http/api.hpp"
#include "http/schema.hpp"

namespace palabre::http {

struct share_code_body {
  static constexpr std::string_view shape_name = "ShareCode";
  static constexpr std::string_view example = R"({"share_code":"7WQ2N0XKTA"})";
  ascii_text<1, 64, "share_code_bytes"> share_code;
};
BOOST_DESCRIBE_STRUCT(share_code_body, (), (share_code))

/// Of a code, shown or not, a room it opens or not. A wrong code, a dead one, one of an archived room and one that is
/// for somebody else are told apart by nobody.
problem no_such_code();
/// Carries out a join, with its answer. Requires: c.room.
boost::asio::awaitable<answer_or_problem> join_as(services& s, call& c, events::join_room join);

boost::asio::awaitable<answer_or_problem> join_by_code(services& s, call& c);
boost::asio::awaitable<answer_or_problem> join_open_room(services& s, call& c);
boost::asio::awaitable<answer_or_problem> leave_room(services& s, call& c);
boost::asio::awaitable<answer_or_problem> list_members(services& s, call& c);

} // namespace palabre::http
