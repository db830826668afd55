#pragma once
#include "http/api.hpp"
#include "http/realtime/sessions.hpp"

#include <string>

namespace palabre::http::realtime {

/// POST /emulation: `{"session":…,"node":…,"data":"<commands>"}`. 204 once they wait to be heard; what becomes of them
/// is told on the connection. Without a node it is this one's. Errors: 400 another document; 404 unknown node or
/// session. Threads: any.
answer_or_problem emulate(const sessions& all, const std::string& body);

} // namespace palabre::http::realtime
