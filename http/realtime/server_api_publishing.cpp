// What the server API does with publications: publish, broadcast, history.
#include "base/json_writer.hpp"
#include "http/realtime/named_history.hpp"
#include "http/realtime/server_api.hpp"

#include <algorithm>

namespace palabre::http::realtime {

namespace asio = boost::asio;

namespace {

/// What is published by a request; texts of its own, because what came with it is gone by then.
struct order {
  std::string data, tags;
  bool skip_history = false;
  std::string key; ///< idempotency_key; empty: it came without one
};

/// As the header Idempotency-Key, but that an empty one is none: other systems send that for nothing.
bool read_key(json_object body, std::string& out) {
  const auto is_visible = [](char c) { return c > ' ' && c < '\x7f'; };
  return read_field(body, "idempotency_key", out, limits::idempotency_key_bytes_max) &&
         std::all_of(out.begin(), out.end(), is_visible);
}

std::optional<order> read_order(json_object body) {
  order what;
  simdjson::dom::element data;
  if (body["data"].get(data) == simdjson::SUCCESS)
    what.data = simdjson::minify(data); // null is a value too
  else if (!read_json_field(body, "data", what.data, limits::body_bytes_max))
    return std::nullopt;
  if (what.data.empty() || !read_tags(body, "tags", what.tags, limits::shown_info_bytes_max) ||
      !read_field(body, "skip_history", what.skip_history) || !read_key(body, what.key))
    return std::nullopt;
  return what;
}

api_outcome publish_one(const api_request& r, std::string_view channel, const order& what) {
  const auto rules = r.opened.find(channel);
  if (const auto* wrong = std::get_if<command_error>(&rules)) return *wrong;
  const namespace_settings& in = *std::get<const namespace_settings*>(rules);
  const auto publish = [&] {
    return publish_to_named(r.shared.streams, in, channel, {what.data, {}, what.tags}, what.skip_history);
  };
  const stream_position at = what.key.empty() ? publish() : r.shared.published.once(channel, what.key, publish);
  if (at.offset == 0) return "{}";
  return R"({"offset":)" + std::to_string(at.offset) + R"(,"epoch":")" + at.epoch + "\"}";
}

} // namespace

asio::awaitable<api_outcome> api_publish(api_request r) {
  std::string channel;
  const auto what = read_order(r.body);
  if (!what || !read_field(r.body, "channel", channel, limits::body_bytes_max)) co_return command_errors::bad_request;
  co_return publish_one(r, channel, *what);
}

asio::awaitable<api_outcome> api_broadcast(api_request r) {
  simdjson::dom::array channels;
  const auto what = read_order(r.body);
  if (!what || r.body["channels"].get(channels) != simdjson::SUCCESS) co_return command_errors::bad_request;
  if (channels.size() > limits::broadcast_channels_max ||
      channels.size() * what->data.size() > limits::api_history_bytes_max)
    co_return command_errors::limit_exceeded;
  std::string result = R"({"responses":[)";
  for (const simdjson::dom::element each : channels) {
    std::string_view channel;
    const bool is_text = each.get(channel) == simdjson::SUCCESS;
    if (result.back() != '[') result += ',';
    append_outcome(result, is_text ? publish_one(r, channel, *what) : api_outcome(command_errors::bad_request));
  }
  co_return result + "]}";
}

asio::awaitable<api_outcome> api_history(api_request r) {
  std::string channel, epoch;
  history_query query;
  std::optional<json_object> since;
  if (!read_field(r.body, "channel", channel, limits::body_bytes_max) || !read_field(r.body, "limit", query.limit) ||
      !read_field(r.body, "reverse", query.reverse) || !read_object(r.body, "since", since))
    co_return command_errors::bad_request;
  const auto rules = r.opened.find(channel);
  if (const auto* wrong = std::get_if<command_error>(&rules)) co_return *wrong;
  if (std::get<const namespace_settings*>(rules)->history_size == 0) co_return command_errors::not_available;
  if (since) {
    query.since.emplace();
    if (!read_field(*since, "offset", query.since->offset) ||
        !read_field(*since, "epoch", epoch, limits::channel_bytes_max))
      co_return command_errors::bad_request;
    query.since->epoch = epoch;
  }
  const history_bounds most{limits::api_history_publications_max, limits::api_history_bytes_max};
  co_return history_of(r.shared.streams, channel_named(channel), query, most);
}

} // namespace palabre::http::realtime
