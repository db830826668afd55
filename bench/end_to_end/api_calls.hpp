#pragma once
#include <string>
#include <utility>

namespace palabre::bench {

/// One blocking POST of JSON; answers the body. Throws std::runtime_error unless the status is 2xx.
std::string post(unsigned short port, const std::string& path, const std::string& token, const std::string& body);

/// The string behind `"name":"` in a JSON text. Throws if it is not there.
std::string field(const std::string& json, const std::string& name);

} // namespace palabre::bench
