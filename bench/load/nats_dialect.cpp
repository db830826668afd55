// NATS over WebSocket: a stream of lines and counted payloads inside binary frames. A post asks JetStream for an answer
// on a subject of the connection's own.

#include "bench/load/dialects.hpp"
#include "bench/load/marked_body.hpp"
#include "bench/load/websocket.hpp"

#include <charconv>

namespace palabre::bench {
namespace {

class nats_session final : public session, websocket::events {
public:
  nats_session(loop& work, const endpoint& at, const seat& where, participant& who)
      : socket_(work, *this), at_(at), seat_(where), who_(who), inbox_("ack." + std::to_string(where.number) + ".") {}

  void open() override { socket_.open(at_, "/", {}); }
  void post(std::string_view body) override {
    socket_.send("PUB " + seat_.channel + " " + inbox_ + std::to_string(next_id_++) + " " +
                     std::to_string(body.size()) + "\r\n" + std::string(body) + "\r\n",
                 true);
  }
  void cut() override { socket_.cut(); }

private:
  void opened() override {} // the server speaks first
  void closed(std::string_view why) override { who_.dropped(why); }
  void received(std::string_view frame) override {
    if (rest_.empty()) {
      rest_.assign(frame.substr(take(frame)));
      return;
    }
    rest_ += frame; // a message was cut across frames
    const std::string all = std::move(rest_);
    rest_.assign(std::string_view(all).substr(take(all)));
  }

  /// How much of it was whole.
  std::size_t take(std::string_view text) {
    std::size_t from = 0;
    for (;;) {
      const auto end = text.find("\r\n", from);
      if (end == std::string_view::npos) return from;
      const auto line = text.substr(from, end - from);
      std::size_t next = end + 2;
      if (line.starts_with("MSG ")) {
        std::size_t length = 0;
        const auto digits = line.substr(line.rfind(' ') + 1);
        std::from_chars(digits.data(), digits.data() + digits.size(), length);
        if (text.size() < next + length + 2) return from;
        take_message(line, text.substr(next, length));
        next += length + 2;
      } else {
        take_line(line);
      }
      from = next;
    }
  }

  void take_line(std::string_view line) {
    if (line.starts_with("INFO")) {
      std::string hello = "CONNECT {\"verbose\":false,\"pedantic\":false}\r\n";
      if (seat_.listens) hello += "SUB " + seat_.channel + " 1\r\n";
      if (seat_.posts) hello += "SUB " + inbox_ + "* 2\r\n";
      socket_.send(hello + "PING\r\n", true);
    } else if (line == "PING") {
      socket_.send("PONG\r\n", true);
    } else if (line == "PONG") {
      who_.ready();
    } else if (line.starts_with("-ERR")) {
      socket_.cut();
      who_.dropped(line);
    }
  }

  void take_message(std::string_view line, std::string_view payload) {
    if (line.starts_with("MSG ack."))
      return payload.find("\"error\"") == std::string_view::npos ? who_.accepted() : who_.refused(payload);
    std::size_t at_start = 0;
    if (find_mark(payload, at_start) != std::string_view::npos) who_.delivered(payload.substr(at_start));
  }

  websocket socket_;
  const endpoint& at_;
  seat seat_;
  participant& who_;
  const std::string inbox_;
  std::uint64_t next_id_ = 1;
  std::string rest_;
};

class nats_dialect final : public dialect {
public:
  place prepare(const endpoint&, std::size_t rooms) override { return named_rooms("room.", rooms); }
  std::unique_ptr<session> sit(loop& work, const endpoint& at, const seat& where, participant& who) override {
    return std::make_unique<nats_session>(work, at, where, who);
  }
};

} // namespace

std::unique_ptr<dialect> speak_nats() {
  return std::make_unique<nats_dialect>();
}

} // namespace palabre::bench
