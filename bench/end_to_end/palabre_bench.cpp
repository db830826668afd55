// How many durable posts a second does the whole server acknowledge, how many deliveries does it make, and how far is
// that from a bare journal? Unit: per second, client and server on the same machine. Workload: 256 WebSocket senders in
// 100 rooms, one post of each in flight; 1 room with 1,000 subscribers and 64 posts in flight; the same journal fed by
// nobody but a loop.

#include "bench/end_to_end/api_calls.hpp"
#include "bench/end_to_end/realtime_client.hpp"
#include "bench/end_to_end/server_process.hpp"
#include "storage/journal.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace palabre::bench {
namespace {

using steady = std::chrono::steady_clock;
constexpr std::string_view body =
    "A message of one hundred and twenty-eight bytes, which is about what people write to each "
    "other when they have something to say.";
static_assert(body.size() >= 120 && body.size() <= 132);

double seconds_since(steady::time_point start) {
  return std::chrono::duration<double>(steady::now() - start).count();
}

struct account {
  std::string token;
};

account register_account(unsigned short port, const std::string& login) {
  const std::string made =
      post(port, "/api/v1/auth/register", {}, R"({"login":")" + login + R"(","password":"correct horse"})");
  return {field(made, "access_token")};
}

std::string make_room(unsigned short port, const account& owner) {
  return field(post(port, "/api/v1/rooms", owner.token, R"({"name":"bench"})"), "id");
}

std::string post_command(std::uint64_t id, const std::string& room) {
  return R"({"id":)" + std::to_string(id) + R"(,"rpc":{"method":"message.post","data":{"room_id":")" + room +
         R"(","body":")" + std::string(body) + R"("}}})";
}

/// What one measurement counts. `counting` is false while things warm up.
struct counters {
  bool counting = false;
  std::uint64_t acked = 0, delivered = 0, failed = 0;
  std::vector<double> ack_ms;
};

/// A connection that always has one post in flight.
struct sender {
  std::string room;
  std::uint64_t next_id = 2;
  steady::time_point sent_at;
};

void drive(boost::asio::io_context& io, counters& count, double warm_up_s, double duration_s,
           const server_process& server, double& elapsed, double& server_cpu) {
  const auto run_until = [&](double seconds) {
    const auto end =
        steady::now() + std::chrono::duration_cast<steady::duration>(std::chrono::duration<double>(seconds));
    io.run_until(end);
  };
  run_until(warm_up_s);
  count.counting = true;
  const auto start = steady::now();
  const double cpu_before = server.cpu_seconds();
  run_until(duration_s);
  elapsed = seconds_since(start);
  server_cpu = server.cpu_seconds() - cpu_before;
  count.counting = false;
}

std::shared_ptr<realtime_client> open_sender(boost::asio::io_context& io, unsigned short port, const account& who,
                                             std::string room, counters& count) {
  auto state = std::make_shared<sender>();
  state->room = std::move(room);
  const std::string connect = R"({"id":1,"connect":{"token":")" + who.token + R"("}})";
  return realtime_client::open(io, port, connect, [state, &count](realtime_client& client, std::string_view line) {
    if (line.starts_with(R"({"push")")) return;
    if (line.find(R"("error")") != std::string_view::npos) {
      if (count.failed++ == 0) std::fprintf(stderr, "refused: %.*s\n", static_cast<int>(line.size()), line.data());
    } else if (state->next_id > 2 && count.counting) {
      ++count.acked;
      count.ack_ms.push_back(seconds_since(state->sent_at) * 1000);
    }
    state->sent_at = steady::now();
    client.send(post_command(state->next_id++, state->room));
  });
}

double percentile(std::vector<double>& values, double p) {
  if (values.empty()) return 0;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(p * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

double measure_posts(double duration_s) {
  const server_process server(PALABRE_BINARY);
  const account ada = register_account(server.port(), "ada");
  std::vector<std::string> rooms;
  for (int i = 0; i < 100; ++i) rooms.push_back(make_room(server.port(), ada));
  boost::asio::io_context io(1);
  counters count;
  std::vector<std::shared_ptr<realtime_client>> senders;
  for (std::size_t i = 0; i < 256; ++i)
    senders.push_back(open_sender(io, server.port(), ada, rooms[i % rooms.size()], count));
  double elapsed, cpu;
  drive(io, count, 1, duration_s, server, elapsed, cpu);
  for (auto& s : senders) s->close();
  const double rate = static_cast<double>(count.acked) / elapsed;
  std::printf(
      "posts      256 senders, 100 rooms           %9.0f acked/s   p50 %.2f ms  p99 %.2f ms  server %.1f us/post%s\n",
      rate, percentile(count.ack_ms, 0.5), percentile(count.ack_ms, 0.99),
      cpu * 1e6 / std::max<double>(1, static_cast<double>(count.acked)),
      count.failed ? "  FAILED: some were refused" : "");
  return rate;
}

double measure_fan_out(double duration_s, std::size_t in_flight) {
  const server_process server(PALABRE_BINARY);
  const account ada = register_account(server.port(), "ada");
  const std::string room = make_room(server.port(), ada);
  boost::asio::io_context io(1);
  counters count;
  std::vector<std::shared_ptr<realtime_client>> clients;
  const std::string join = R"({"id":1,"connect":{"token":")" + ada.token +
                           R"("}})"
                           "\n"
                           R"({"id":2,"subscribe":{"channel":"room:)" +
                           room + R"("}})";
  std::size_t subscribed = 0;
  for (std::size_t i = 0; i < 1'000; ++i) {
    clients.push_back(realtime_client::open(io, server.port(), join, [&](realtime_client&, std::string_view line) {
      if (line.starts_with(R"({"push")"))
        count.delivered += count.counting;
      else if (line.starts_with(R"({"id":2,"subscribe")"))
        ++subscribed;
    }));
  }
  const auto deadline = steady::now() + std::chrono::seconds(20);
  while (subscribed < 1'000 && steady::now() < deadline) io.run_for(std::chrono::milliseconds(10));
  if (subscribed < 1'000) throw std::runtime_error("only " + std::to_string(subscribed) + " of 1,000 are subscribed");
  for (std::size_t i = 0; i < in_flight; ++i) clients.push_back(open_sender(io, server.port(), ada, room, count));
  double elapsed, cpu;
  drive(io, count, 1, duration_s, server, elapsed, cpu);
  for (auto& c : clients) c->close();
  const double rate = static_cast<double>(count.delivered) / elapsed;
  std::printf(
      "fan-out    1 room x 1,000, %2zu in flight       %9.0f deliveries/s   %.0f posts/s  server %.0f ns/delivery%s\n",
      in_flight, rate, static_cast<double>(count.acked) / elapsed,
      cpu * 1e9 / std::max<double>(1, static_cast<double>(count.delivered)),
      count.failed ? "  FAILED: some were refused" : "");
  return rate;
}

/// The ceiling: the same journal and about the same record, 256 in flight, nothing before and nothing behind it.
double measure_journal(double duration_s) {
  const temporary_directory directory;
  system_randomness random;
  auto log =
      storage::event_log::open(directory.path() + "/log", storage::event_log::access::read_write, random).value();
  storage::journal journal(*log);
  std::atomic<std::uint64_t> done{0};
  std::atomic<bool> more{true};
  const std::string payload = R"({"body":")" + std::string(body) + R"(","filler":")" + std::string(80, 'x') + R"("})";
  storage::record r;
  r.type = "message.posted";
  r.schema = 1;
  r.correlation = "0190b1f0-7c3a-7000-8000-000000000000";
  r.payload = payload;
  std::function<void(int)> put = [&](int room) {
    storage::record mine = r;
    mine.stream.kind = 'r';
    mine.stream.id.bytes[15] = static_cast<std::uint8_t>(room);
    storage::append a;
    a.streams.push_back({mine.stream, storage::expectation::any(), {storage::encode(mine)}});
    a.done = [&put, &done, &more, room](result<storage::appended> what) {
      if (!what) std::abort(); // the ceiling of a broken disk is no ceiling
      ++done;
      if (more) put(room);
    };
    if (!journal.submit(std::move(a))) std::abort();
  };
  for (int i = 0; i < 256; ++i) put(i % 100);
  journal.start();
  boost::asio::io_context wait(1);
  boost::asio::steady_timer timer(wait, std::chrono::seconds(1));
  timer.wait();
  const std::uint64_t before = done;
  const auto start = steady::now();
  timer.expires_after(std::chrono::milliseconds(static_cast<int>(duration_s * 1000)));
  timer.wait();
  const double rate = static_cast<double>(done - before) / seconds_since(start);
  more = false;
  journal.stop();
  std::printf("journal    256 in flight, nothing around it    %9.0f synced/s\n", rate);
  return rate;
}

} // namespace
} // namespace palabre::bench

int main(int argc, char** argv) {
  using namespace palabre::bench;
  const double duration_s = argc > 1 ? std::atof(argv[1]) : 5;
  if (duration_s <= 0) {
    std::fprintf(stderr, "usage: palabre_bench [SECONDS PER MEASUREMENT, default 5]\n");
    return 2;
  }
  const double journal = measure_journal(duration_s);
  const double posts = measure_posts(duration_s);
  for (const std::size_t in_flight : {1, 16, 64}) measure_fan_out(duration_s, in_flight);
  std::printf("posts / journal: %.2f\n", posts / journal);
}
