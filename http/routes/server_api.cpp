// POST /api/…: the server API, for other systems' backends. Its requests and answers are not those of /api/v1.

#include "http/realtime/server_api.hpp"

#include "http/routes/routes.hpp"

namespace palabre::http {
namespace {

using boost::asio::awaitable;

template <realtime::api_method Method>
awaitable<answer_or_problem> run(services& s, call& c) {
  return realtime::call_server_api(s, c, Method);
}

constexpr route row(std::string_view path, handler run, std::string_view summary) {
  return {verb::post, path, "", access::anyone, false, false, run, summary};
}

constexpr route rows[] = {
    row("/api/publish", &run<&realtime::api_publish>, "Publish to a named channel"),
    row("/api/broadcast", &run<&realtime::api_broadcast>, "Publish to many named channels"),
    row("/api/subscribe", &run<&realtime::api_subscribe>, "Let a user listen to a named channel"),
    row("/api/unsubscribe", &run<&realtime::api_unsubscribe>, "End a user's listening to a named channel"),
    row("/api/disconnect", &run<&realtime::api_disconnect>, "End the connections of another system's user"),
    row("/api/presence", &run<&realtime::api_presence>, "Who listens to a named channel"),
    row("/api/presence_stats", &run<&realtime::api_presence_stats>, "How many listen to a named channel"),
    row("/api/history", &run<&realtime::api_history>, "Publications of a named channel"),
    row("/api/channels", &run<&realtime::api_channels>, "Named channels that someone listens to"),
    row("/api/info", &run<&realtime::api_info>, "This server, and who listens"),
};

} // namespace

std::span<const route> server_api_routes() {
  return rows;
}

} // namespace palabre::http
