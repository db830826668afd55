#pragma once
// Where exceptions end that a coroutine of the edge threw: they concern one connection or one call, and are bugs.

#include <exception>
#include <string_view>

namespace palabre::http {

/// Logs it as an error: "`what` failed: …". null: nothing. Never throws.
void log_failure(std::string_view what, const std::exception_ptr& failure) noexcept;

} // namespace palabre::http
