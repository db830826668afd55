#pragma once
// Rooms of two people; part of make_room in rooms.cpp.

#include "http/api.hpp"

namespace palabre::http {

/// 201 with the room that the caller has with `other` from now on, 200 with the one that they have already.
boost::asio::awaitable<answer_or_problem> open_direct_room(services& s, call& c, user_id other);

} // namespace palabre::http
