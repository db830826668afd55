#pragma once
// A room as `palabre replay` has it, for people instead of programs.

#include <string>
#include <string_view>

namespace palabre::app {

/// Name, settings and members. Requires: `{"room":{…},"members":[…]}` as replay prints it.
std::string room_text(std::string_view room_and_members);
/// A line or two for each message. Requires: a page's items.
std::string messages_text(std::string_view items);

} // namespace palabre::app
