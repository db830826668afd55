// socket.io 4 over engine.io 4: text frames that begin with the numbers of their kinds.

#include "bench/load/dialects.hpp"
#include "bench/load/marked_body.hpp"
#include "bench/load/websocket.hpp"

#include <deque>

namespace palabre::bench {
namespace {

class socketio_session final : public session, websocket::events {
public:
  socketio_session(loop& work, const endpoint& at, const seat& where, participant& who)
      : socket_(work, *this), at_(at), seat_(where), who_(who) {}

  void open() override { socket_.open(at_, "/socket.io/?EIO=4&transport=websocket", {}); }
  void post(std::string_view body) override {
    socket_.send("42" + std::to_string(next_id_++) + R"(["publish",{"room":")" + seat_.channel + R"(","body":")" +
                 std::string(body) + R"("}])");
    answers_.push_back(answer::none);
  }
  void cut() override { socket_.cut(); }

private:
  enum class answer : char { none, accepted, refused };

  void opened() override {} // the server speaks first
  void closed(std::string_view why) override { who_.dropped(why); }
  void received(std::string_view message) override {
    if (message == "2") return socket_.send("3"); // ping, pong
    if (message.starts_with("0")) return socket_.send("40");
    if (message.starts_with("40"))
      return seat_.listens ? socket_.send(R"(420["join",")" + seat_.channel + R"("])") : who_.ready();
    if (message.starts_with("430[") && seat_.listens) return who_.ready();
    if (message.starts_with("43")) return take_answer(message.substr(2));
    const auto at = find_mark(message, hint_);
    if (at != std::string_view::npos) who_.delivered(message.substr(at));
  }
  /// Answers come in any order; a participant wants them in the order of its posts.
  void take_answer(std::string_view text) {
    std::size_t number = 0, i = 0;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i)
      number = number * 10 + static_cast<std::size_t>(text[i] - '0');
    if (number < first_id_ || number - first_id_ >= answers_.size()) {
      socket_.cut();
      return who_.dropped("answers what was not asked");
    }
    const bool failed = text.find(R"("error")") != std::string_view::npos;
    answers_[number - first_id_] = failed ? answer::refused : answer::accepted;
    while (!answers_.empty() && answers_.front() != answer::none) {
      const answer oldest = answers_.front();
      answers_.pop_front();
      ++first_id_;
      if (oldest == answer::accepted)
        who_.accepted();
      else
        who_.refused(text);
    }
  }

  websocket socket_;
  const endpoint& at_;
  seat seat_;
  participant& who_;
  std::size_t next_id_ = 1, first_id_ = 1; ///< 0 is the join's
  std::deque<answer> answers_;             ///< of first_id_ and the following
  std::size_t hint_ = 0;
};

class socketio_dialect final : public dialect {
public:
  place prepare(const endpoint&, std::size_t rooms) override { return named_rooms("room-", rooms); }
  std::unique_ptr<session> sit(loop& work, const endpoint& at, const seat& where, participant& who) override {
    return std::make_unique<socketio_session>(work, at, where, who);
  }
};

} // namespace

std::unique_ptr<dialect> speak_socketio() {
  return std::make_unique<socketio_dialect>();
}

} // namespace palabre::bench
