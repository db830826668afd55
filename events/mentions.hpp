#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace palabre::events {

/// The logins that one `@` of a text may name, canonical, the likeliest first: "@ada." is "ada" or "ada.". Three at
/// most.
using possible_mention = std::vector<std::string>;

/// Of each `@` that stands where a word could begin, and has a login behind it: not those in addresses ("a@b.org",
/// "@b@c.org", "x.org/@b"). Each list once, in no order of the text. `utf8`: a message.
std::vector<possible_mention> possible_mentions(std::string_view utf8);

} // namespace palabre::events
