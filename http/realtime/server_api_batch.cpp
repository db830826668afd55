// Many commands of the server API in one request: batch.
#include "base/limits.hpp"
#include "http/realtime/server_api.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>

namespace palabre::http::realtime {

namespace asio = boost::asio;

namespace {

struct named_method {
  std::string_view name;
  api_method run;
};
/// What may stand in a batch.
constexpr std::array methods = {
    named_method{"publish", &api_publish},
    named_method{"broadcast", &api_broadcast},
    named_method{"subscribe", &api_subscribe},
    named_method{"unsubscribe", &api_unsubscribe},
    named_method{"disconnect", &api_disconnect},
    named_method{"presence", &api_presence},
    named_method{"presence_stats", &api_presence_stats},
    named_method{"history", &api_history},
    named_method{"channels", &api_channels},
    named_method{"info", &api_info},
};

const named_method* find_method(std::string_view name) {
  const auto found = std::find_if(methods.begin(), methods.end(), [&](const auto& each) { return each.name == name; });
  return found == methods.end() ? nullptr : &*found;
}

/// One of the commands, {"<method>": {…}}.
struct batched {
  const named_method* method = nullptr;
  json_object params;
};

/// Beside the method's anything may stand, and a null is as good as nothing.
std::variant<batched, command_error> read_command(simdjson::dom::element each) {
  json_object command;
  if (each.get(command) != simdjson::SUCCESS) return command_errors::bad_request;
  batched found;
  for (const auto& [name, value] : command) {
    const named_method* method = value.is_null() ? nullptr : find_method(name);
    if (method == nullptr) continue;
    if (found.method != nullptr || value.get(found.params) != simdjson::SUCCESS) return command_errors::bad_request;
    found.method = method;
  }
  if (found.method == nullptr) return command_errors::method_not_found;
  return found;
}

/// {"<method>":{…}} or {"error":…}
std::string reply_of(const batched& asked, const api_outcome& outcome) {
  std::string reply;
  if (const auto* result = std::get_if<std::string>(&outcome))
    reply.append("{\"").append(asked.method->name).append("\":").append(*result) += '}';
  else
    append_outcome(reply, outcome);
  return reply;
}

asio::awaitable<std::string> carry_out(api_request r, simdjson::dom::element each) {
  const auto read = read_command(each);
  if (const auto* wrong = std::get_if<command_error>(&read)) co_return reply_of({}, *wrong);
  const batched asked = std::get<batched>(read);
  r.body = asked.params;
  auto working = asked.method->run(r);
  const api_outcome outcome = co_await std::move(working);
  co_return reply_of(asked, outcome);
}

} // namespace

/// Others have their turn between two commands.
asio::awaitable<api_outcome> api_batch(api_request r) {
  simdjson::dom::array commands;
  bool parallel = false; // allows any order: theirs is one
  if (r.body["commands"].get(commands) != simdjson::SUCCESS || !read_field(r.body, "parallel", parallel))
    co_return command_errors::bad_request;
  if (commands.size() > batch_commands_max) co_return command_errors::limit_exceeded;
  const auto executor = co_await asio::this_coro::executor;
  std::string replies = R"({"replies":[)";
  for (const simdjson::dom::element each : commands) {
    if (replies.back() != '[') replies += ',';
    if (replies.size() > limits::api_history_bytes_max) {
      append_outcome(replies, command_errors::limit_exceeded);
      continue;
    }
    auto working = carry_out(r, each);
    const std::string reply = co_await std::move(working);
    replies += reply;
    auto turn = asio::post(executor, asio::use_awaitable);
    co_await std::move(turn);
  }
  co_return replies + "]}";
}

} // namespace palabre::http::realtime
