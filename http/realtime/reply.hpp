#pragma once
// What the server says on a realtime connection, as text frames.

#include "base/ids.hpp"
#include "http/realtime/codes.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace palabre::http::realtime {

/// `{"id":N,"<name>":<body>}`. `body`: a JSON object.
std::string reply(std::uint32_t id, std::string_view name, std::string_view body);
/// `{"id":N,"error":{"code":C,"message":"…","temporary":true?}}`
std::string error_reply(std::uint32_t id, const command_error& why);
/// `{"push":{"channel":"room:<id>","unsubscribe":{"code":C,"reason":"…"}}}`
std::string unsubscribe_push(room_id room, const unsubscription& why);

} // namespace palabre::http::realtime
