#pragma once
#include "base/result.hpp"

#include <cerrno>
#include <cstring>
#include <string>

namespace palabre::app {

/// What errno says now, behind `what`: a path, or what was done to it.
inline error file_error(const std::string& what) {
  return {errc::io, what + ": " + std::strerror(errno)};
}

} // namespace palabre::app
