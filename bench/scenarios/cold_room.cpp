#include "bench/scenarios/cold_room.hpp"

#include "bench/load/api_call.hpp"
#include "bench/load/filled_room.hpp"
#include "bench/scenarios/phase.hpp"
#include "bench/scenarios/repeated.hpp"
#include "bench/scenarios/stored_views.hpp"

#include <chrono>
#include <stdexcept>

namespace palabre::bench {
namespace {

using steady = std::chrono::steady_clock;

constexpr std::size_t few_messages = 10;
constexpr std::chrono::minutes ready_max{10};

double milliseconds_of(const std::function<void()>& what) {
  const auto begun = steady::now();
  what();
  return std::chrono::duration<double, std::milli>(steady::now() - begun).count();
}

double post_ms(const own_server& server, const filled_room& room) {
  return milliseconds_of([&] {
    call_api(server.at(), "POST", "/api/v1/rooms/" + room.id + "/messages", room.token, R"({"body":"who is there?"})");
  });
}

double megabytes(const own_server& server) {
  return static_cast<double>(process_tree({server.pid()}).resident_bytes()) * 1e-6;
}

/// Starts it, and posts to a room that is not asked about.
void warm_up(own_server& server, const filled_room& other) {
  server.start();
  wait_until_ready(server.at(), ready_max);
  for (int i = 0; i < 20; ++i) post_ms(server, other);
}

/// Posts to one room that is cold and says what that took.
void wake(const own_server& server, const filled_room& room, const std::string& name, run& to) {
  const double before = megabytes(server);
  const double first = post_ms(server, room), second = post_ms(server, room);
  to.figures.push_back({name + ", first post", "ms", better::lower, first});
  to.figures.push_back({name + ", second post", "ms", better::lower, second});
  to.figures.push_back({name + ", memory", "MB", better::lower, megabytes(server) - before});
}

} // namespace

result measure_wake(const options& how, const cold_room& what, const tell_progress& tell) {
  if (!how.url.empty()) throw std::runtime_error("wake is about a server of our own; --url has no meaning");
  const temporary_directory directory;
  const std::string data = directory.path() + "/data";
  own_server server(how.binary, data, how.server_cores);
  const filled_room large = fill_room(server.at(), what.messages, what.body_bytes, filling(tell, what.messages));
  const filled_room small = fill_room(server.at(), few_messages, what.body_bytes);
  const filled_room other = fill_room(server.at(), few_messages, what.body_bytes);
  wait_until_ready(server.at(), ready_max);
  server.stop();
  auto into = begin_result(how, "wake", "What does the first post into a cold room cost?",
                           {{"messages in the large room", std::to_string(what.messages)},
                            {"messages in the small room", std::to_string(few_messages)},
                            {"body", std::to_string(what.body_bytes) + " bytes"}});
  std::erase_if(into.parameters, [](const auto& p) { return p.first == "duration" || p.first == "warm-up"; });
  return repeated(how, std::move(into), tell, [&](const tell_progress& nth) {
    const auto begun = steady::now();
    run done;
    nth("waking", 0, "");
    warm_up(server, other);
    wake(server, small, "small room", done);
    wake(server, large, "large room", done);
    server.kill();
    nth("computing views that were lost", 0.3, "");
    remove_views(data);
    warm_up(server, other);
    wake(server, large, "large room, views lost", done);
    server.kill();
    nth("waking again", 0.8, "");
    warm_up(server, other);
    wake(server, large, "large room, later", done);
    server.stop();
    done.seconds = std::chrono::duration<double>(steady::now() - begun).count();
    return done;
  });
}

} // namespace palabre::bench
