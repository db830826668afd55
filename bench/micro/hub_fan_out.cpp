// What does a message cost a hub with N subscribers, once it is encoded? Unit: ns of CPU time for all N, in the kernel
// included. Workload: a delivery of one frame (a typical message) to one room with 10 and 1,000 connections, whose
// sockets take everything; from hand_over() until the round is over. What the hub rests after a round is not counted.

#include "base/assert.hpp"
#include "bench/micro/discarding_sink.hpp"
#include "bench/micro/operation.hpp"
#include "bench/micro/quiet_edge.hpp"
#include "bench/micro/typical_message.hpp"
#include "http/realtime/connection.hpp"
#include "http/realtime/frame.hpp"
#include "http/realtime/publication.hpp"

namespace palabre::micro {
namespace {

namespace realtime = http::realtime;
using boost::asio::ip::tcp;

class deliver_to_all {
public:
  explicit deliver_to_all(std::size_t subscribers) {
    for (std::size_t i = 0; i < subscribers; ++i) {
      tcp::socket socket(io_);
      socket.assign(tcp::v4(), sink_.connected_socket());
      auto& peer = peers_.emplace_back(
          std::make_shared<realtime::connection>(std::move(socket), realtime::wire::websocket, hub_, shared_));
      peer->start();
      const http::access_claims who{numbered_user(i), session_id{}, timestamp{noon.ms + 86'400'000}};
      PALABRE_ASSERT(peer->accept(realtime::identity::of(who), numbered_user(i)));
      hub_.open(peer->listen(realtime::channel_of(room_)), 0);
    }
    PALABRE_ASSERT(realtime::append_push(push_, committed_message(room_, 1), events::words::shown).has_value());
  }

  std::size_t operator()() {
    const std::weak_ptr<const realtime::delivery> round = begin_delivery();
    while (!round.expired()) io_.run_one(); // the hub holds on to it until the round is over
    return peers_.size();
  }

private:
  std::weak_ptr<const realtime::delivery> begin_delivery() {
    auto frames = std::make_shared<realtime::channel_frames>();
    frames->channel = realtime::channel_of(room_);
    frames->first = frames->last = ++seq_;
    frames->bytes = realtime::text_frame(push_);
    frames->marks.push_back({seq_, static_cast<std::uint32_t>(frames->bytes.size())});
    auto what = std::make_shared<realtime::delivery>();
    what->channels.push_back(std::move(frames));
    hub_.hand_over(what);
    return what;
  }

  quiet_edge edge_;
  boost::asio::io_context io_{1};
  const discarding_sink sink_;
  http::api operations_{edge_.services()};
  realtime::hub hub_{io_, edge_.services()};
  const realtime::hubs all_hubs_{{&hub_}};
  realtime::context shared_{edge_.services(), operations_, all_hubs_};
  std::vector<std::shared_ptr<realtime::connection>> peers_;
  const room_id room_ = numbered_room(1);
  std::string push_;
  stream_version seq_ = 0;
};

const registration hub_fan_out_registered[] = {
    measure<deliver_to_all>("http/realtime/hub/deliver_10", std::size_t{10}).items(10),
    measure<deliver_to_all>("http/realtime/hub/deliver_1000", std::size_t{1'000}).items(1'000),
};

} // namespace
} // namespace palabre::micro
