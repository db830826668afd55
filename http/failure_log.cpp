#include "http/failure_log.hpp"

#include <spdlog/spdlog.h>

namespace palabre::http {

void log_failure(std::string_view what, const std::exception_ptr& failure) noexcept {
  if (!failure) return;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& e) {
    spdlog::error("{} failed: {}", what, e.what());
  }
}

} // namespace palabre::http
