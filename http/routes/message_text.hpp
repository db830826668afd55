#pragma once
#include "base/limits.hpp"
#include "http/schema.hpp"

namespace palabre::http {

using message_text = text<1, limits::message_code_points_max, "message_code_points">;
static_assert(limits::message_bytes_max >=
              limits::message_code_points_max * 4); // so the bytes need no check of their own

} // namespace palabre::http
