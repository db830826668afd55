// POST /api/…: the server API, for other systems' backends. Its requests and answers are not those of /api/v1.

#include "http/realtime/server_api.hpp"

#include "http/routes/answers.hpp"
#include "http/routes/routes.hpp"

namespace palabre::http {
namespace {

using boost::asio::awaitable;

template <realtime::api_method Method>
awaitable<answer_or_problem> run(services& s, call& c) {
  return realtime::call_server_api(s, c, Method);
}

/// Centrifugo puts no result around the replies.
awaitable<answer_or_problem> run_batch(services& s, call& c) {
  return realtime::call_server_api(s, c, &realtime::api_batch, &realtime::append_bare_outcome);
}

// ---- Bodies, as existing backends send them; they are read by realtime/server_api_*.cpp.

struct since_position {
  std::uint64_t offset = 0;
  std::string epoch;
};
BOOST_DESCRIBE_STRUCT(since_position, (), (offset, epoch))

struct publish_request {
  static constexpr std::string_view shape_name = "ApiPublish";
  static constexpr std::string_view example = R"({"channel":"news:today","data":{"text":"hello"}})";
  std::string channel;
  std::optional<any_json> data;
  std::optional<std::string> b64data;
  std::optional<any_json> tags;
  std::optional<bool> skip_history;
  std::optional<std::string> idempotency_key;
};
BOOST_DESCRIBE_STRUCT(publish_request, (), (channel, data, b64data, tags, skip_history, idempotency_key))

struct broadcast_request {
  static constexpr std::string_view shape_name = "ApiBroadcast";
  static constexpr std::string_view example = R"({"channels":["news:today","news:all"],"data":{"text":"hello"}})";
  std::vector<std::string> channels;
  std::optional<any_json> data;
  std::optional<std::string> b64data;
  std::optional<any_json> tags;
  std::optional<bool> skip_history;
  std::optional<std::string> idempotency_key;
};
BOOST_DESCRIBE_STRUCT(broadcast_request, (), (channels, data, b64data, tags, skip_history, idempotency_key))

struct subscribe_request {
  static constexpr std::string_view shape_name = "ApiSubscribe";
  static constexpr std::string_view example = R"({"user":"42","channel":"news:today"})";
  std::string user, channel;
  std::optional<std::string> client, b64info, b64data;
  std::optional<any_json> info, data, override;
  std::optional<since_position> recover_since;
};
BOOST_DESCRIBE_STRUCT(subscribe_request, (),
                      (user, channel, client, info, b64info, data, b64data, override, recover_since))

struct unsubscribe_request {
  static constexpr std::string_view shape_name = "ApiUnsubscribe";
  static constexpr std::string_view example = R"({"user":"42","channel":"news:today"})";
  std::string user, channel;
  std::optional<std::string> client;
};
BOOST_DESCRIBE_STRUCT(unsubscribe_request, (), (user, channel, client))

struct disconnect_request {
  static constexpr std::string_view shape_name = "ApiDisconnect";
  static constexpr std::string_view example = R"({"user":"42"})";
  std::string user;
  std::optional<std::string> client;
  std::optional<std::vector<std::string>> whitelist;
  std::optional<any_json> disconnect;
};
BOOST_DESCRIBE_STRUCT(disconnect_request, (), (user, client, whitelist, disconnect))

struct channel_request {
  static constexpr std::string_view shape_name = "ApiChannel";
  static constexpr std::string_view example = R"({"channel":"news:today"})";
  std::string channel;
};
BOOST_DESCRIBE_STRUCT(channel_request, (), (channel))

struct history_request {
  static constexpr std::string_view shape_name = "ApiHistory";
  static constexpr std::string_view example = R"({"channel":"news:today","limit":10})";
  std::string channel;
  std::optional<std::int64_t> limit;
  std::optional<since_position> since;
  std::optional<bool> reverse;
};
BOOST_DESCRIBE_STRUCT(history_request, (), (channel, limit, since, reverse))

struct channels_request {
  static constexpr std::string_view shape_name = "ApiChannels";
  static constexpr std::string_view example = R"({"pattern":"news:*"})";
  std::optional<std::string> pattern;
};
BOOST_DESCRIBE_STRUCT(channels_request, (), (pattern))

struct info_request {
  static constexpr std::string_view example = "{}";
  static std::string schema() { return R"({"type":"object","additionalProperties":true})"; }
};

/// One of them.
struct batch_command {
  std::optional<publish_request> publish;
  std::optional<broadcast_request> broadcast;
  std::optional<subscribe_request> subscribe;
  std::optional<unsubscribe_request> unsubscribe;
  std::optional<disconnect_request> disconnect;
  std::optional<channel_request> presence, presence_stats;
  std::optional<history_request> history;
  std::optional<channels_request> channels;
  std::optional<info_request> info;
};
BOOST_DESCRIBE_STRUCT(batch_command, (),
                      (publish, broadcast, subscribe, unsubscribe, disconnect, presence, presence_stats, history,
                       channels, info))

struct batch_request {
  static constexpr std::string_view shape_name = "ApiBatch";
  static constexpr std::string_view example =
      R"({"commands":[{"publish":{"channel":"news:today","data":{"text":"hello"}}}]})";
  std::vector<batch_command> commands;
  std::optional<bool> parallel;
};
BOOST_DESCRIBE_STRUCT(batch_request, (), (commands, parallel))

/// By its name: "publish" is POST /api/publish.
template <class Body, class Answer = server_api_answer>
constexpr route row(std::string_view name, std::string_view path, handler run, std::string_view summary) {
  route r{.name = name,
          .tag = "Server API",
          .method = verb::post,
          .path = path,
          .needs = access::anyone,
          .run = run,
          .summary = summary};
  r.gives = answers_a<Answer>;
  r.takes = takes_a<Body>;
  r.takes.checked = false; // backends exist that send no type
  r.stores_nothing = true;
  r.rate = rate_class::unlimited; // another system's backend, by its key
  r.refuses = {"rate_limited"};   // without one
  r.takes_api_key = true;
  return r;
}

} // namespace

std::span<const route> server_api_routes() {
  static constexpr route rows[] = {
      row<publish_request>("api_publish", "/api/publish", &run<&realtime::api_publish>, "Publish to a named channel."),
      row<broadcast_request>("api_broadcast", "/api/broadcast", &run<&realtime::api_broadcast>,
                             "Publish to many named channels."),
      row<subscribe_request>("api_subscribe", "/api/subscribe", &run<&realtime::api_subscribe>,
                             "Let a user listen to a named channel."),
      row<unsubscribe_request>("api_unsubscribe", "/api/unsubscribe", &run<&realtime::api_unsubscribe>,
                               "End a user's listening to a named channel."),
      row<disconnect_request>("api_disconnect", "/api/disconnect", &run<&realtime::api_disconnect>,
                              "End the connections of another system's user."),
      row<channel_request>("api_presence", "/api/presence", &run<&realtime::api_presence>,
                           "Who listens to a named channel."),
      row<channel_request>("api_presence_stats", "/api/presence_stats", &run<&realtime::api_presence_stats>,
                           "How many listen to a named channel."),
      row<history_request>("api_history", "/api/history", &run<&realtime::api_history>,
                           "Publications of a named channel."),
      row<channels_request>("api_channels", "/api/channels", &run<&realtime::api_channels>,
                            "Named channels that someone listens to."),
      row<info_request>("api_info", "/api/info", &run<&realtime::api_info>, "This server, and who listens."),
      row<batch_request, server_api_replies>("api_batch", "/api/batch", &run_batch,
                                             "Many of these in one request, one after the other."),
  };
  return rows;
}

} // namespace palabre::http
