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

/// By its name: "publish" is POST /api/publish.
constexpr route row(std::string_view name, std::string_view path, handler run, std::string_view summary) {
  route r{.name = name,
          .tag = "Server API",
          .method = verb::post,
          .path = path,
          .needs = access::anyone,
          .run = run,
          .summary = summary};
  r.gives = answers_a<server_api_answer>;
  r.refuses = {"malformed_json", "payload_too_large"};
  r.rate = rate_class::unlimited; // another system's backend, by its key
  r.takes_api_key = true;
  return r;
}

constexpr route rows[] = {
    row("api_publish", "/api/publish", &run<&realtime::api_publish>, "Publish to a named channel."),
    row("api_broadcast", "/api/broadcast", &run<&realtime::api_broadcast>, "Publish to many named channels."),
    row("api_subscribe", "/api/subscribe", &run<&realtime::api_subscribe>, "Let a user listen to a named channel."),
    row("api_unsubscribe", "/api/unsubscribe", &run<&realtime::api_unsubscribe>,
        "End a user's listening to a named channel."),
    row("api_disconnect", "/api/disconnect", &run<&realtime::api_disconnect>,
        "End the connections of another system's user."),
    row("api_presence", "/api/presence", &run<&realtime::api_presence>, "Who listens to a named channel."),
    row("api_presence_stats", "/api/presence_stats", &run<&realtime::api_presence_stats>,
        "How many listen to a named channel."),
    row("api_history", "/api/history", &run<&realtime::api_history>, "Publications of a named channel."),
    row("api_channels", "/api/channels", &run<&realtime::api_channels>, "Named channels that someone listens to."),
    row("api_info", "/api/info", &run<&realtime::api_info>, "This server, and who listens."),
};

} // namespace

std::span<const route> server_api_routes() {
  return rows;
}

} // namespace palabre::http
