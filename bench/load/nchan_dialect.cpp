// nginx with nchan: a WebSocket is one channel, read or written; a frame is a message; each publish is answered by one
// frame, in order.

#include "bench/load/dialects.hpp"
#include "bench/load/marked_body.hpp"
#include "bench/load/websocket.hpp"

namespace palabre::bench {
namespace {

class nchan_session final : public session, websocket::events {
public:
  nchan_session(loop& work, const endpoint& at, const seat& where, participant& who)
      : socket_(work, *this), at_(at), seat_(where), who_(who) {}

  void open() override { socket_.open(at_, (seat_.posts ? "/pub/" : "/sub/") + seat_.channel, {}); }
  void post(std::string_view body) override { socket_.send(body); }
  void cut() override { socket_.cut(); }

private:
  void opened() override { who_.ready(); }
  void closed(std::string_view why) override { who_.dropped(why); }
  void received(std::string_view message) override {
    if (!seat_.posts) {
      const auto at = find_mark(message, hint_);
      if (at != std::string_view::npos) who_.delivered(message.substr(at));
    } else if (message.starts_with("queued messages")) {
      who_.accepted();
    } else {
      who_.refused(message);
    }
  }

  websocket socket_;
  const endpoint& at_;
  seat seat_;
  participant& who_;
  std::size_t hint_ = 0;
};

class nchan_dialect final : public dialect {
public:
  place prepare(const endpoint&, std::size_t rooms) override { return named_rooms("room-", rooms); }
  std::unique_ptr<session> sit(loop& work, const endpoint& at, const seat& where, participant& who) override {
    return std::make_unique<nchan_session>(work, at, where, who);
  }
};

} // namespace

std::unique_ptr<dialect> speak_nchan() {
  return std::make_unique<nchan_dialect>();
}

} // namespace palabre::bench
