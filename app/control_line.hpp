#pragma once
// The lines of the control socket (control_socket.hpp), each with its newline.

#include "app/control_socket.hpp"

#include <optional>

namespace palabre::app {

struct control_request {
  std::string command;
  control_arguments arguments;
};
/// Errors: malformed: not an object of strings with a `command`.
result<control_request> parse_control_request(std::string_view line);
std::string control_request_line(const control_request& request);

struct control_progress {
  std::uint64_t done = 0, total = 0;
  std::string what;
};
std::string control_progress_line(const control_progress& progress);
/// Requires: `value` is JSON without newlines.
std::string control_done_line(std::string_view value);
std::string control_error_line(const error& why);

/// What a line of the server says; one of them.
struct control_answer {
  std::optional<control_progress> progress;
  std::optional<std::string> done; ///< JSON
  std::optional<error> failed;
};
/// Errors: malformed.
result<control_answer> parse_control_answer(std::string_view line);

} // namespace palabre::app
