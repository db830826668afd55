#pragma once
// The rows that each file of routes/ adds to the one table (http/api.hpp). A family of routes is one file.

#include "http/api.hpp"

#include <span>

namespace palabre::http {

std::span<const route> auth_routes();
std::span<const route> me_routes();
std::span<const route> room_routes();
std::span<const route> moderation_routes();
std::span<const route> invitation_routes();
std::span<const route> message_routes();
std::span<const route> mention_routes();
std::span<const route> report_routes();
std::span<const route> belonging_routes();
std::span<const route> reaction_routes();
std::span<const route> pin_routes();
std::span<const route> typing_routes();
std::span<const route> presence_routes();
std::span<const route> reading_routes();
std::span<const route> sync_routes();
std::span<const route> search_routes();
std::span<const route> event_routes();
std::span<const route> operation_routes();
std::span<const route> admin_routes();
std::span<const route> server_api_routes();
std::span<const route> page_routes();

} // namespace palabre::http
