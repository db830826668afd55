#pragma once
// What the server says on a realtime connection, as frames of its wire.

#include "http/realtime/channel.hpp"
#include "http/realtime/codes.hpp"
#include "http/realtime/wire.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace palabre::http::realtime {

/// `{"id":N,"<name>":<body>}`. `body`: a JSON object.
std::string reply(std::uint32_t id, std::string_view name, std::string_view body, wire w);
/// `{"id":N,"error":{"code":C,"message":"…","temporary":true?}}`
std::string error_reply(std::uint32_t id, const command_error& why, wire w);
/// `{"push":{"<name>":<body>}}`: what concerns the connection as a whole.
std::string push(std::string_view name, std::string_view body, wire w);
/// `{"push":{"channel":"…","<name>":<body>}}`
std::string channel_push(std::string_view channel, std::string_view name, std::string_view body, wire w);
/// `{"push":{"channel":"…","unsubscribe":{"code":C,"reason":"…"}}}`
std::string unsubscribe_push(std::string_view channel, const unsubscription& why, wire w);

} // namespace palabre::http::realtime
