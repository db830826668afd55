#include "bench/micro/discarding_sink.hpp"

#include "base/assert.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace palabre::micro {
namespace {

int udp_socket() {
  const int made = ::socket(AF_INET, SOCK_DGRAM, 0);
  PALABRE_ASSERT(made >= 0);
  return made;
}

} // namespace

discarding_sink::discarding_sink() : end_(udp_socket()) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  PALABRE_ASSERT(::bind(end_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  const int room = 0; // the least there is: nearly everything is dropped
  PALABRE_ASSERT(::setsockopt(end_, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) == 0);
}

discarding_sink::~discarding_sink() {
  ::close(end_);
}

int discarding_sink::connected_socket() const {
  sockaddr_in address{};
  auto* const name = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  const int made = udp_socket();
  PALABRE_ASSERT(::getsockname(end_, name, &size) == 0 && ::connect(made, name, size) == 0);
  return made;
}

} // namespace palabre::micro
