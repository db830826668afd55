// What the server API tells about who listens: presence, presence_stats, channels, info.
#include "base/json_writer.hpp"
#include "http/realtime/connection.hpp"
#include "http/realtime/server_api.hpp"

#include <map>
#include <set>

namespace palabre::http::realtime {

namespace asio = boost::asio;

namespace {

constexpr std::size_t channels_told_max = 10'000;
constexpr std::size_t pattern_bytes_max = limits::channel_bytes_max;

/// nullopt: `wrong` says why.
std::optional<std::string> channel_with_presence(const api_request& r, command_error& wrong) {
  std::string channel;
  wrong = command_errors::bad_request;
  if (!read_field(r.body, "channel", channel, limits::body_bytes_max)) return std::nullopt;
  const auto rules = r.opened.find(channel);
  if (const auto* why = std::get_if<command_error>(&rules)) wrong = *why;
  if (!std::holds_alternative<const namespace_settings*>(rules)) return std::nullopt;
  wrong = command_errors::not_available;
  if (!std::get<const namespace_settings*>(rules)->presence) return std::nullopt;
  return channel;
}

asio::awaitable<std::vector<client_info>> present_in(const hubs& all, channel_id channel, std::size_t most) {
  const std::function look = [channel, most](hub& h) { return h.present_in(channel, most); };
  auto asking = all.ask<std::vector<client_info>>(look);
  auto found = co_await std::move(asking);
  std::vector<client_info> present;
  for (auto& each : found) std::ranges::move(each, std::back_inserter(present));
  co_return present;
}

/// "*" is any text, "?" any one byte.
bool matches(std::string_view name, std::string_view pattern) {
  std::size_t at = 0, in = 0, star = pattern.npos, back = 0;
  while (at < name.size()) {
    if (in < pattern.size() && pattern[in] == '*') {
      star = in++;
      back = at;
    } else if (in < pattern.size() && (pattern[in] == '?' || pattern[in] == name[at])) {
      ++in;
      ++at;
    } else if (star != pattern.npos) {
      in = star + 1;
      at = ++back;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in) == pattern.npos;
}

/// Those named channels in a hub that the key opens, with their names.
template <class Do>
void for_each_opened(const hub& h, const opened_namespaces& opened, Do what) {
  for (const auto& [id, listeners] : h.channels()) {
    if (id.what != channel_id::kind::named || listeners.entries.empty()) continue;
    const std::string name = listeners.entries.front().mine->name();
    if (opened.opens(name)) what(name, listeners.entries);
  }
}

using listener_counts = std::map<std::string, std::size_t>;

listener_counts count_listeners(const hub& h, const opened_namespaces& opened, const std::string& pattern) {
  listener_counts counts;
  for_each_opened(h, opened, [&](const std::string& name, const auto& entries) {
    if (counts.size() <= channels_told_max && (pattern.empty() || matches(name, pattern)))
      counts[name] = entries.size();
  });
  return counts;
}

/// All that `info` counts.
struct audience {
  std::set<std::string> channels, users;
  std::set<uuid> clients;
  std::size_t subscriptions = 0;
};

audience audience_of(const hub& h, const opened_namespaces& opened) {
  audience found;
  for_each_opened(h, opened, [&](const std::string& name, const auto& entries) {
    found.channels.insert(name);
    found.subscriptions += entries.size();
    for (const auto& each : entries) {
      found.users.insert(each.who->who().name());
      found.clients.insert(each.who->client());
    }
  });
  return found;
}

} // namespace

asio::awaitable<api_outcome> api_presence(api_request r) {
  command_error wrong = command_errors::internal;
  const auto channel = channel_with_presence(r, wrong);
  if (!channel) co_return wrong;
  auto looking = present_in(r.shared.all_hubs, channel_named(*channel), limits::presence_clients_max + 1);
  const auto present = co_await std::move(looking);
  if (present.size() > limits::presence_clients_max) co_return command_errors::limit_exceeded;
  co_return presence_result(present);
}

asio::awaitable<api_outcome> api_presence_stats(api_request r) {
  command_error wrong = command_errors::internal;
  const auto channel = channel_with_presence(r, wrong);
  if (!channel) co_return wrong;
  auto looking = present_in(r.shared.all_hubs, channel_named(*channel), std::numeric_limits<std::size_t>::max());
  const auto present = co_await std::move(looking);
  co_return presence_stats_result(present);
}

asio::awaitable<api_outcome> api_channels(api_request r) {
  std::string pattern;
  if (!read_field(r.body, "pattern", pattern, pattern_bytes_max)) co_return command_errors::bad_request;
  const opened_namespaces* opened = &r.opened;
  const std::function look = [opened, pattern](hub& h) { return count_listeners(h, *opened, pattern); };
  auto asking = r.shared.all_hubs.ask<listener_counts>(look);
  const auto found = co_await std::move(asking);
  listener_counts all;
  for (const listener_counts& each : found)
    for (const auto& [name, count] : each) all[name] += count;
  if (all.size() > channels_told_max) co_return command_errors::limit_exceeded;
  std::string result = R"({"channels":{)";
  for (const auto& [name, count] : all) {
    if (result.back() != '{') result += ',';
    append_json_string(result, name);
    result += R"(:{"num_clients":)" + std::to_string(count) + '}';
  }
  co_return result + "}}";
}

asio::awaitable<api_outcome> api_info(api_request r) {
  const opened_namespaces* opened = &r.opened;
  const std::function look = [opened](hub& h) { return audience_of(h, *opened); };
  auto asking = r.shared.all_hubs.ask<audience>(look);
  auto found = co_await std::move(asking);
  audience all;
  for (audience& each : found) {
    all.channels.merge(each.channels);
    all.users.merge(each.users);
    all.clients.merge(each.clients);
    all.subscriptions += each.subscriptions;
  }
  const context& shared = r.shared;
  const std::int64_t up_ms = shared.edge.time.now().ms - shared.started.ms;
  std::string result = R"({"nodes":[{"uid":")" + to_text(shared.node) + R"(","name":"palabre","version":)";
  append_json_string(result, shared.edge.settings.version);
  result += R"(,"num_clients":)" + std::to_string(all.clients.size());
  result += R"(,"num_users":)" + std::to_string(all.users.size());
  result += R"(,"num_subs":)" + std::to_string(all.subscriptions);
  result += R"(,"num_channels":)" + std::to_string(all.channels.size());
  result += R"(,"uptime":)" + std::to_string(std::max<std::int64_t>(up_ms / 1'000, 0)) + "}]}";
  co_return result;
}

} // namespace palabre::http::realtime
