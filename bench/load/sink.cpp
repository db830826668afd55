#include "bench/load/sink.hpp"

#include "bench/load/sink_server.hpp"
#include "bench/load/target.hpp"

#include <arpa/inet.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>

namespace palabre::bench {
namespace {

int listen_anywhere(endpoint& at) {
  const int listening = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* as_any = reinterpret_cast<sockaddr*>(&address);
  if (listening < 0 || ::bind(listening, as_any, size) != 0 || ::listen(listening, SOMAXCONN) != 0 ||
      ::getsockname(listening, as_any, &size) != 0)
    throw std::runtime_error("the sink cannot listen: " + std::string(std::strerror(errno)));
  at.port = ntohs(address.sin_port);
  at.address = {boost::asio::ip::address_v4::loopback(), at.port};
  return listening;
}

[[noreturn]] void be_the_sink(int listening, const std::vector<int>& cores) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGINT, SIG_IGN); // Ctrl-C is the generator's: it ends us in order
  try {
    if (!cores.empty()) pin_to(cores);
    sink_server(listening).serve();
  } catch (const std::runtime_error&) {
    ::_exit(1); // whoever talks to us notices
  }
}

} // namespace

sink::sink(const std::vector<int>& cores) {
  const int listening = listen_anywhere(at_);
  child_ = ::fork();
  if (child_ == 0) be_the_sink(listening, cores);
  ::close(listening);
  if (child_ < 0) throw std::runtime_error("cannot start a process");
}

sink::~sink() {
  ::kill(child_, SIGKILL);
  ::waitpid(child_, nullptr, 0);
}

} // namespace palabre::bench
