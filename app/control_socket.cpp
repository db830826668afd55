#include "app/control_socket.hpp"

#include "app/control_line.hpp"
#include "app/reachable_path.hpp"
#include "base/thread_name.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

namespace palabre::app {
namespace {

namespace asio = boost::asio;
using local = asio::local::stream_protocol;
using failure = boost::system::error_code;

constexpr std::chrono::seconds patience{10}; // for a request, and for a peer that does not read
constexpr std::chrono::milliseconds between_progress{100};
constexpr std::chrono::milliseconds pause_after_failure{100};

} // namespace

struct control_socket::state {
  class conversation;

  asio::io_context io{1};
  asio::thread_pool workers{control_commands_max};
  std::optional<local::acceptor> acceptor;
  asio::steady_timer pause{io};
  std::map<std::string, control_handler, std::less<>> commands;
  std::atomic<bool> stopping{false};
  std::string path;
  std::thread thread;
  std::mutex mutex;
  std::unordered_map<conversation*, std::weak_ptr<conversation>> open; // by mutex

  void accept();
  void end_idle();
};

/// One request and its answers. Threads: the io thread, but for carry_out and what it calls.
class control_socket::state::conversation : public std::enable_shared_from_this<conversation> {
public:
  conversation(state& of, local::socket socket) : of_(of), socket_(std::move(socket)), deadline_(of.io) {}
  ~conversation() {
    const std::lock_guard lock(of_.mutex);
    of_.open.erase(this);
  }

  void begin() {
    {
      const std::lock_guard lock(of_.mutex);
      of_.open.emplace(this, weak_from_this());
    }
    arm();
    const auto read = [self = shared_from_this()](failure failed, std::size_t size) {
      if (!failed) self->hear(self->buffer_.substr(0, size));
    };
    asio::async_read_until(socket_, asio::dynamic_buffer(buffer_, control_line_bytes_max), '\n', read);
  }

  void end_if_idle() {
    if (!is_last_) hang_up();
  }

private:
  void arm() {
    deadline_.expires_after(patience);
    deadline_.async_wait([self = weak_from_this()](failure cancelled) {
      if (const auto living = self.lock(); living && !cancelled) living->hang_up();
    });
  }
  void hang_up() {
    gone_ = true;
    deadline_.cancel();
    failure ignored;
    socket_.close(ignored);
  }
  void hear(const std::string& line) {
    deadline_.cancel();
    auto request = parse_control_request(line);
    if (!request) return say_last(control_error_line(request.error()));
    const auto found = of_.commands.find(request.value().command);
    if (found == of_.commands.end())
      return say_last(control_error_line({errc::not_found, "this server has no command " + request.value().command}));
    watch();
    asio::post(of_.workers, [self = shared_from_this(), arguments = std::move(request.value().arguments),
                             handler = &found->second] { self->carry_out(*handler, arguments); });
  }
  /// Nothing more is asked: what comes is that the other end is gone.
  void watch() {
    const auto read = [self = shared_from_this()](failure failed, std::size_t) {
      if (failed && failed != asio::error::operation_aborted) self->gone_ = true;
    };
    socket_.async_read_some(asio::buffer(&extra_, 1), read);
  }

  void carry_out(const control_handler& handler, const control_arguments& arguments) {
    auto told_at = std::chrono::steady_clock::time_point{};
    const auto tell = [&](std::uint64_t done, std::uint64_t total, std::string_view what) {
      const auto now = std::chrono::steady_clock::now();
      if (now - told_at >= between_progress) {
        told_at = now;
        post_line(control_progress_line({done, total, std::string(what)}), false);
      }
      return !gone_ && !of_.stopping;
    };
    const auto done = handler(arguments, tell);
    post_line(done ? control_done_line(done.value()) : control_error_line(done.error()), true);
  }
  void post_line(std::string line, bool last) {
    asio::post(of_.io, [self = shared_from_this(), line = std::move(line), last]() mutable {
      if (last) return self->say_last(std::move(line));
      if (self->lines_.empty()) self->say(std::move(line)); // a reader who is behind misses progress
    });
  }
  void say_last(std::string line) {
    is_last_ = true;
    say(std::move(line));
  }
  void say(std::string line) {
    lines_.push_back(std::move(line));
    if (lines_.size() == 1) write();
  }
  void write() {
    arm();
    const auto written = [self = shared_from_this()](failure failed, std::size_t) {
      self->deadline_.cancel();
      self->lines_.pop_front();
      if (failed || (self->lines_.empty() && self->is_last_)) return self->hang_up();
      if (!self->lines_.empty()) self->write();
    };
    asio::async_write(socket_, asio::buffer(lines_.front()), written);
  }

  state& of_;
  local::socket socket_;
  asio::steady_timer deadline_;
  std::string buffer_;
  char extra_ = 0;
  std::deque<std::string> lines_;
  bool is_last_ = false;
  std::atomic<bool> gone_{false};
};

void control_socket::state::accept() {
  acceptor->async_accept([this](failure failed, local::socket socket) {
    if (failed == asio::error::operation_aborted || !acceptor->is_open()) return;
    if (failed) { // no descriptors, most likely: not at once again
      pause.expires_after(pause_after_failure);
      return pause.async_wait([this](failure ended) {
        if (!ended && acceptor->is_open()) accept();
      });
    }
    bool has_room = false;
    {
      const std::lock_guard lock(mutex);
      has_room = open.size() < control_connections_max;
    }
    if (has_room) std::make_shared<conversation>(*this, std::move(socket))->begin();
    accept();
  });
}

void control_socket::state::end_idle() {
  std::vector<std::shared_ptr<conversation>> living;
  {
    const std::lock_guard lock(mutex);
    for (const auto& [address, one] : open) living.push_back(one.lock());
  }
  for (const auto& one : living)
    if (one) one->end_if_idle();
}

control_socket::control_socket() : state_(std::make_unique<state>()) {}

control_socket::~control_socket() {
  stop();
}

void control_socket::add(const std::string& command, control_handler handler) {
  state_->commands.emplace(command, std::move(handler));
}

result<void> control_socket::start(const std::string& data) {
  state& s = *state_;
  s.path = control_socket_path(data);
  ::unlink(s.path.c_str());
  failure failed;
  {
    const reachable_path bound(s.path);
    s.acceptor.emplace(s.io);
    s.acceptor->open(local(), failed);
    if (!failed) s.acceptor->bind(local::endpoint(bound.text()), failed);
    // Nobody can connect before it listens, and then only its owner.
    if (!failed && ::chmod(s.path.c_str(), S_IRUSR | S_IWUSR) != 0)
      failed.assign(errno, boost::system::system_category());
    if (!failed) s.acceptor->listen(asio::socket_base::max_listen_connections, failed);
  }
  if (failed) {
    s.acceptor.reset();
    return error{errc::io, s.path + ": " + failed.message()};
  }
  s.accept();
  s.thread = std::thread([&io = s.io] {
    name_this_thread("control");
    io.run();
  });
  return success();
}

void control_socket::stop() {
  state& s = *state_;
  if (!s.thread.joinable()) return;
  s.stopping = true;
  asio::post(s.io, [&s] {
    failure ignored;
    s.acceptor->close(ignored);
    s.pause.cancel();
  });
  ::unlink(s.path.c_str());
  s.workers.join(); // their last lines are posted by now
  asio::post(s.io, [&s] { s.end_idle(); });
  s.thread.join();
  s.thread = {};
}

// ---- The other end

namespace {

/// Errors: io.
result<std::string> read_line(local::socket& socket, std::string& buffer) {
  failure failed;
  const std::size_t size = asio::read_until(socket, asio::dynamic_buffer(buffer, control_line_bytes_max), '\n', failed);
  if (failed) return error{errc::io, "the server went away before it had answered"};
  std::string line = buffer.substr(0, size);
  buffer.erase(0, size);
  return line;
}

} // namespace

bool server_listens(const std::string& data) {
  asio::io_context io;
  local::socket socket(io);
  failure failed;
  const reachable_path path(control_socket_path(data));
  socket.connect(local::endpoint(path.text()), failed);
  return !failed;
}

result<std::optional<std::string>> ask_control(const std::string& data, const std::string& command,
                                               const control_arguments& arguments, const tell_control& tell) {
  asio::io_context io;
  local::socket socket(io);
  failure failed;
  const reachable_path path(control_socket_path(data));
  socket.connect(local::endpoint(path.text()), failed);
  if (failed) return std::optional<std::string>{};
  asio::write(socket, asio::buffer(control_request_line({command, arguments})), failed);
  if (failed) return error{errc::io, "the server went away: " + failed.message()};
  for (std::string buffer;;) {
    PALABRE_TRY(const std::string line, read_line(socket, buffer));
    PALABRE_TRY(auto answer, parse_control_answer(line));
    if (answer.done) return std::move(answer.done);
    if (answer.failed) return std::move(*answer.failed);
    const control_progress& now = *answer.progress;
    if (!tell(now.done, now.total, now.what)) return error{errc::abandoned, "given up"};
  }
}

} // namespace palabre::app
