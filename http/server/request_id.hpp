#pragma once

#include <string_view>

namespace palabre::http {

/// Whether a request may be named so by who sends it: 1 to 128 bytes of visible ASCII.
bool is_sane_request_id(std::string_view id);

} // namespace palabre::http
