#include "bench/scenarios/log_start.hpp"

#include "bench/load/api_call.hpp"
#include "bench/load/bare_iteration.hpp"
#include "bench/load/filled_room.hpp"
#include "bench/scenarios/repeated.hpp"
#include "bench/scenarios/stored_views.hpp"

#include <chrono>
#include <fstream>

namespace palabre::bench {
namespace {

constexpr std::chrono::minutes joined_max{10};

class stopwatch {
public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

private:
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// The most memory that a process has had in use, in MB.
double peak_megabytes(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string name; status >> name; status.ignore(1'000, '\n')) {
    double kib = 0;
    if (name == "VmHWM:" && status >> kib) return kib * 1024e-6;
  }
  return 0;
}

double cpu_seconds(const own_server& server) {
  return process_tree({server.pid()}).cpu_seconds();
}

/// What is there before a server is killed, and must be there afterwards.
struct left_behind {
  filled_room room;
  std::string biggest_path; ///< of the messages of the largest room
};

/// On views just computed the largest room has no snapshot: joining it waits until all of its events are read.
left_behind use_and_kill(own_server& server, const killed_server& what, const std::string& biggest_room) {
  left_behind left{fill_room(server.at(), what.posts, what.log.body_bytes), "/api/v1/rooms/" + biggest_room};
  call_api_patiently(server.at(), "POST", left.biggest_path + "/join", left.room.token, "{}", joined_max);
  server.kill();
  left.biggest_path += "/messages";
  return left;
}

void check_nothing_is_lost(const own_server& server, const left_behind& left, run& to) {
  const std::string room = call_api(server.at(), "GET", "/api/v1/rooms/" + left.room.id, left.room.token);
  if (room.find("\"last_seq\":" + std::to_string(left.room.last_seq) + ",") == std::string::npos)
    to.failures.push_back("messages that were accepted are gone: " + std::to_string(left.room.last_seq) + " in " +
                          room);
}

} // namespace

result measure_rebuild(const options& how, const log_size& size, const tell_progress& tell) {
  const log_ground ground(how, size, "rebuild", tell);
  return repeated(
      how, ground.begin("What does it take to compute the views anew?"), tell, [&](const tell_progress& nth) {
        run done;
        nth("iterating", 0, "");
        iterate_log(ground.data());
        const auto bare = iterate_log(ground.data());
        const double bare_rate = static_cast<double>(bare.records) / bare.seconds;
        nth("rebuilding", 0.2, "");
        add_figures(done, "rebuild", ground.command({"rebuild"}, done), ground.log().events, bare_rate);
        remove_views(ground.data());
        nth("starting without views", 0.6, "");
        const stopwatch since_start;
        const auto server = ground.serve();
        const double listening_s = since_start.seconds();
        ground.wait_until_ready(*server);
        done.seconds = since_start.seconds();
        add_figures(done, "rebuilt by a server", done.seconds, cpu_seconds(*server), ground.log().events, bare_rate);
        done.figures.push_back(
            {"rebuilt by a server, peak memory", "MB", better::lower, peak_megabytes(server->pid())});
        done.figures.push_back({"listening after", "ms", better::lower, listening_s * 1e3});
        done.figures.push_back({"bare iteration", "events/s", better::neither, bare_rate});
        server->stop();
        return done;
      });
}

result measure_restart(const options& how, const killed_server& what, const tell_progress& tell) {
  const log_ground ground(how, what.log, "restart", tell);
  result into = ground.begin("How long is a server away that was killed?");
  into.parameters.emplace_back("posts before it was killed", std::to_string(what.posts));
  const auto server = ground.serve();
  ground.wait_until_ready(*server);
  return repeated(how, std::move(into), tell, [&](const tell_progress& nth) {
    nth("posting", 0, "");
    const left_behind left = use_and_kill(*server, what, ground.log().biggest_room);
    nth("starting", 0.5, "");
    run done;
    const stopwatch since_start;
    server->start();
    const double listening_s = since_start.seconds();
    ground.wait_until_ready(*server);
    const double ready_s = since_start.seconds();
    const double cpu_s = cpu_seconds(*server);
    call_api(server->at(), "POST", left.biggest_path, left.room.token, R"({"body":"still here"})");
    done.seconds = since_start.seconds();
    done.figures = {{"ready after", "ms", better::lower, ready_s * 1e3},
                    {"listening after", "ms", better::lower, listening_s * 1e3},
                    {"first post accepted after", "ms", better::lower, done.seconds * 1e3},
                    {"CPU until ready", "ms", better::lower, cpu_s * 1e3},
                    {"server memory", "MB", better::neither, peak_megabytes(server->pid())}};
    check_nothing_is_lost(*server, left, done);
    return done;
  });
}

} // namespace palabre::bench
