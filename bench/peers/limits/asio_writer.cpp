// What does it cost to send a message to one of 1,000 connections, if that is all a server does? Unit: ns of server CPU
// per delivery. Workload: rounds; in each, every connection is written the same WebSocket frame of 404 bytes, 1, 16 or
// 64 times in one write; the next round begins when all are written. A child process reads and throws away; the server
// has the first of the CPUs it may use, the child the last.
//
//   palabre_limit_asio [SECONDS]      one line of JSON; seconds are for each number of frames, 3 if not given

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include <sched.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace asio = boost::asio;

namespace {

using asio::ip::tcp;
using steady = std::chrono::steady_clock;

constexpr std::size_t connections = 1'000;
constexpr std::size_t payload_bytes = 400;
constexpr std::array<std::size_t, 3> frames_per_write{1, 16, 64};
constexpr std::size_t descriptors = connections + 64; // and those that every process has

void run_on(int cpu) {
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(cpu, &only);
  if (::sched_setaffinity(0, sizeof only, &only) != 0) throw std::runtime_error("sched_setaffinity");
}

std::vector<int> usable_cpus() {
  cpu_set_t usable;
  if (::sched_getaffinity(0, sizeof usable, &usable) != 0) throw std::runtime_error("sched_getaffinity");
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &usable)) cpus.push_back(cpu);
  return cpus;
}

void allow_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= descriptors) return;
  limit.rlim_cur = descriptors;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) throw std::runtime_error("too few file descriptors are allowed");
}

/// Ends both: the server would wait for connections for ever.
[[noreturn]] void give_up(pid_t parent, const char* what) {
  std::perror(what);
  ::kill(parent, SIGTERM);
  ::_exit(1);
}

/// The child: connects 1,000 times, and has the kernel drop what comes, until the server ends.
[[noreturn]] void read_for_ever(const tcp::endpoint& server, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(0);
  const int poll = ::epoll_create1(0);
  for (std::size_t i = 0; i < connections; ++i) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    if (::connect(fd, server.data(), static_cast<socklen_t>(server.size())) != 0) give_up(parent, "connect");
    epoll_event interest{.events = EPOLLIN, .data = {.fd = fd}};
    if (::epoll_ctl(poll, EPOLL_CTL_ADD, fd, &interest) != 0) give_up(parent, "epoll_ctl");
  }
  std::array<epoll_event, 256> ready;
  for (;;) {
    const int count = ::epoll_wait(poll, ready.data(), static_cast<int>(ready.size()), -1);
    for (int i = 0; i < count; ++i)
      if (::recv(ready[static_cast<std::size_t>(i)].data.fd, nullptr, 1 << 20, MSG_TRUNC | MSG_DONTWAIT) == 0)
        ::_exit(0);
  }
}

std::string frames(std::size_t count) {
  const std::string header{'\x81', '\x7e', static_cast<char>(payload_bytes >> 8), static_cast<char>(payload_bytes)};
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += header + std::string(payload_bytes, 'x');
  return out;
}

double cpu_ns() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto ns = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_usec) * 1e3;
  };
  return ns(used.ru_utime) + ns(used.ru_stime);
}

class broadcaster {
public:
  broadcaster(asio::io_context& io, std::deque<tcp::socket>& sockets) : io_(io), sockets_(sockets) {}

  /// Rounds until the time is over. Answers how many there were.
  std::uint64_t run(const std::string& bytes, steady::duration for_how_long) {
    bytes_ = asio::buffer(bytes);
    end_ = steady::now() + for_how_long;
    rounds_ = 0;
    io_.restart();
    begin_round();
    io_.run();
    return rounds_;
  }

private:
  void begin_round() {
    unwritten_ = sockets_.size();
    for (tcp::socket& socket : sockets_)
      asio::async_write(socket, bytes_, [this](boost::system::error_code failed, std::size_t) { written(failed); });
  }

  void written(boost::system::error_code failed) {
    if (failed) throw boost::system::system_error(failed, "write");
    if (--unwritten_ > 0) return;
    ++rounds_;
    if (steady::now() < end_) begin_round();
  }

  asio::io_context& io_;
  std::deque<tcp::socket>& sockets_;
  asio::const_buffer bytes_;
  steady::time_point end_;
  std::uint64_t rounds_ = 0;
  std::size_t unwritten_ = 0;
};

void measure(std::deque<tcp::socket>& sockets, asio::io_context& io, std::chrono::seconds for_how_long) {
  broadcaster all(io, sockets);
  const char* separator = "";
  std::printf("{\"limit\":\"asio\",\"connections\":%zu,\"frame_bytes\":%zu,\"writes\":[", connections,
              frames(1).size());
  for (const std::size_t count : frames_per_write) {
    const std::string bytes = frames(count);
    all.run(bytes, std::chrono::milliseconds(300)); // buffers of the kernel grow
    const double cpu_before = cpu_ns();
    const auto start = steady::now();
    const auto deliveries = static_cast<double>(all.run(bytes, for_how_long) * connections * count);
    const double seconds = std::chrono::duration<double>(steady::now() - start).count();
    std::printf("%s{\"frames\":%zu,\"cpu_ns_per_delivery\":%.1f,\"deliveries_per_s\":%.0f}", separator, count,
                (cpu_ns() - cpu_before) / deliveries, deliveries / seconds);
    separator = ",";
  }
  std::printf("]}\n");
}

void serve(std::chrono::seconds for_how_long) {
  allow_descriptors();
  const std::vector<int> cpus = usable_cpus();
  asio::io_context io(1);
  tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
  const pid_t server = ::getpid();
  const pid_t reader = ::fork();
  if (reader < 0) throw std::runtime_error("fork");
  if (reader == 0) {
    run_on(cpus.back());
    read_for_ever(acceptor.local_endpoint(), server);
  }
  run_on(cpus.front());
  std::deque<tcp::socket> sockets;
  while (sockets.size() < connections) {
    sockets.push_back(acceptor.accept());
    sockets.back().set_option(tcp::no_delay(true));
    sockets.back().non_blocking(true);
  }
  measure(sockets, io, for_how_long);
  sockets.clear(); // which ends the reader
  ::waitpid(reader, nullptr, 0);
}

} // namespace

int main(int count, char** arguments) {
  const long seconds = count == 2 ? std::strtol(arguments[1], nullptr, 10) : 3;
  if (count > 2 || seconds < 1) {
    std::fprintf(stderr, "usage: %s [SECONDS]\n", arguments[0]);
    return 2;
  }
  try {
    serve(std::chrono::seconds(seconds));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", arguments[0], error.what());
    return 1;
  }
}
