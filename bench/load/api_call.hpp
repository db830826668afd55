#pragma once
#include "bench/load/endpoint.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace palabre::bench {

/// One blocking HTTP request on a connection of its own, to prepare a load; nothing that is measured uses it. Answers
/// the body. Throws std::runtime_error, with the answer, unless the status is 2xx.
std::string call_api(const endpoint& at, std::string_view method, std::string_view path, std::string_view token,
                     std::string_view json_body = {});

/// The same, again for as long as the answer is 503 and `most` has not passed: to join a room whose events are
/// read. What is not 503 is thrown at once.
std::string call_api_patiently(const endpoint& at, std::string_view method, std::string_view path,
                               std::string_view token, std::string_view json_body, std::chrono::seconds most);

/// Until /health/ready says 200. Throws std::runtime_error, with the last answer, if it
/// says 503 for so long, or anything else.
void wait_until_ready(const endpoint& at, std::chrono::seconds most);

/// The string behind `"name":"` in a JSON text. Throws std::runtime_error if it is not there.
std::string string_field(const std::string& json, const std::string& name);

} // namespace palabre::bench
