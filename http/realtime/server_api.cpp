#include "http/realtime/server_api.hpp"

#include "base/json_writer.hpp"
#include "http/api_key.hpp"

#include <algorithm>

namespace palabre::http::realtime {

namespace asio = boost::asio;

namespace {

problem without_a_key() {
  problem p = problem_of({errc::unauthenticated, "a key that opens a namespace is needed"});
  p.headers = {{"WWW-Authenticate", "apikey"}};
  return p;
}

} // namespace

opened_namespaces::opened_namespaces(const namespace_table& all, const call& c) : all_(all) {
  const std::string hash = hash_of_key(c);
  if (hash.empty()) return;
  for (const auto& [name, settings] : all)
    if (holds_hash(settings.api_key_hashes, hash)) opened_.push_back(&settings);
}

bool opened_namespaces::opens(std::string_view channel) const {
  const namespace_settings* found = namespace_of(all_, channel);
  return std::find(opened_.begin(), opened_.end(), found) != opened_.end();
}

std::variant<const namespace_settings*, command_error> opened_namespaces::find(std::string_view channel) const {
  if (channel.empty() || channel.size() > limits::channel_bytes_max) return command_errors::bad_request;
  if (is_reserved(channel)) return command_errors::permission_denied;
  const namespace_settings* found = namespace_of(all_, channel);
  if (found == nullptr) return command_errors::unknown_channel;
  if (!opens(channel)) return command_errors::permission_denied;
  return found;
}

void append_outcome(std::string& out, const api_outcome& outcome) {
  if (const auto* result = std::get_if<std::string>(&outcome)) {
    out.append(R"({"result":)").append(*result) += '}';
    return;
  }
  const auto& wrong = std::get<command_error>(outcome);
  out += R"({"error":{"code":)";
  append_json_int(out, wrong.code);
  out += R"(,"message":)";
  append_json_string(out, wrong.message);
  out += "}}";
}

void append_bare_outcome(std::string& out, const api_outcome& outcome) {
  if (const auto* result = std::get_if<std::string>(&outcome))
    out += *result;
  else
    append_outcome(out, outcome);
}

asio::awaitable<answer_or_problem> call_server_api(services& s, call& c, api_method method, api_envelope envelope) {
  const opened_namespaces opened(s.settings.namespaces, c);
  if (opened.empty()) { // who has a key asks as much as they like; who tries keys does not
    if (auto refusal = c.of->rates().take_address(c.address, std::chrono::steady_clock::now()))
      co_return std::move(*refusal);
  }
  if (opened.empty() || s.realtime == nullptr) co_return without_a_key();
  outside_json reading;
  const auto body = reading.parse(c.body.empty() ? std::string_view("{}") : std::string_view(c.body));
  if (!body) co_return problem_of({errc::malformed, "the body is not a JSON object"});
  const api_request request{*s.realtime, opened, *body};
  auto working = method(request);
  const api_outcome outcome = co_await std::move(working);
  answer a;
  envelope(a.body, outcome);
  co_return a;
}

} // namespace palabre::http::realtime
