#include "app/control_line.hpp"

#include "base/json_writer.hpp"

#include <simdjson.h>

namespace palabre::app {
namespace {

namespace dom = simdjson::dom;

/// Both ends are the same binary, or two of one release; codes of a newer one are told apart by their words only.
errc code_named(std::string_view name) {
  for (int code = 0; code <= static_cast<int>(errc::internal); ++code)
    if (name_of(static_cast<errc>(code)) == name) return static_cast<errc>(code);
  return errc::internal;
}

control_progress progress_in(const dom::element& of) {
  control_progress progress;
  std::string_view what;
  if (of["done"].get(progress.done) != simdjson::SUCCESS) progress.done = 0;
  if (of["total"].get(progress.total) != simdjson::SUCCESS) progress.total = 0;
  if (of["what"].get(what) == simdjson::SUCCESS) progress.what = what;
  return progress;
}

error error_in(const dom::element& of) {
  std::string_view code, message;
  if (of["code"].get(code) != simdjson::SUCCESS) code = {};
  if (of["message"].get(message) != simdjson::SUCCESS) message = {};
  return {code_named(code), std::string(message)};
}

} // namespace

result<control_request> parse_control_request(std::string_view line) {
  const error malformed{errc::malformed, R"(write {"command":"…"} and strings for what else is asked)"};
  dom::parser parser;
  dom::object members;
  if (parser.parse(line.data(), line.size()).get(members) != simdjson::SUCCESS) return malformed;
  control_request request;
  for (const auto& [key, value] : members) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return malformed;
    if (key == "command")
      request.command = text;
    else
      request.arguments.emplace(key, text);
  }
  if (request.command.empty()) return malformed;
  return request;
}

std::string control_request_line(const control_request& request) {
  std::string line = R"({"command":)";
  append_json_string(line, request.command);
  for (const auto& [name, value] : request.arguments) {
    line += ',';
    append_json_string(line, name);
    line += ':';
    append_json_string(line, value);
  }
  return line + "}\n";
}

std::string control_progress_line(const control_progress& progress) {
  std::string line = R"({"progress":{"done":)";
  append_json_uint(line, progress.done);
  line += R"(,"total":)";
  append_json_uint(line, progress.total);
  line += R"(,"what":)";
  append_json_string(line, progress.what);
  return line + "}}\n";
}

std::string control_done_line(std::string_view value) {
  return R"({"done":)" + std::string(value) + "}\n";
}

std::string control_error_line(const error& why) {
  std::string line = R"({"error":{"code":)";
  append_json_string(line, name_of(why.code));
  line += R"(,"message":)";
  append_json_string(line, why.context);
  return line + "}}\n";
}

result<control_answer> parse_control_answer(std::string_view line) {
  dom::parser parser;
  dom::element root, part;
  control_answer answer;
  if (parser.parse(line.data(), line.size()).get(root) != simdjson::SUCCESS || !root.is_object())
    return error{errc::malformed, "the server answered something else: " + std::string(line)};
  if (root["progress"].get(part) == simdjson::SUCCESS)
    answer.progress = progress_in(part);
  else if (root["done"].get(part) == simdjson::SUCCESS)
    answer.done = simdjson::minify(part);
  else if (root["error"].get(part) == simdjson::SUCCESS)
    answer.failed = error_in(part);
  else
    return error{errc::malformed, "the server answered something else: " + std::string(line)};
  return answer;
}

} // namespace palabre::app
