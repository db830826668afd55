#pragma once
// Coming into rooms, leaving them, and who is there; rows of the table in rooms.cpp.

#include "http/api.hpp"

namespace palabre::http {

boost::asio::awaitable<answer_or_problem> join_by_code(services& s, call& c);
boost::asio::awaitable<answer_or_problem> join_open_room(services& s, call& c);
boost::asio::awaitable<answer_or_problem> leave_room(services& s, call& c);
boost::asio::awaitable<answer_or_problem> list_members(services& s, call& c);

} // namespace palabre::http
