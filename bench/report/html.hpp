#pragma once
#include <string>
#include <string_view>

namespace palabre::bench {

/// Text that is safe between tags and within double quotes, in HTML and in SVG. Control characters become spaces.
std::string escaped(std::string_view text);

/// `<name attributes>inner</name>` and a newline. Requires: `inner` is markup already; `attributes` too, as
/// `class="x"`.
std::string tag(std::string_view name, std::string_view attributes, std::string_view inner);
/// The same around escaped text, and without the newline, which would be a space within a sentence.
std::string text_tag(std::string_view name, std::string_view attributes, std::string_view text);

/// The whole document around `body`: head, style, nothing from elsewhere. A content security policy forbids scripts and
/// the network, so that a hole in the escaping stays harmless.
std::string document(std::string_view title, std::string_view body);

} // namespace palabre::bench
