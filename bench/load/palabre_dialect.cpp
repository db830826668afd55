// Palabre itself: accounts and rooms over REST, everything else in the Centrifuge client protocol v2 (JSON).

#include "bench/load/palabre_dialect.hpp"

#include "bench/load/api_call.hpp"
#include "bench/load/dialects.hpp"
#include "bench/load/marked_body.hpp"
#include "bench/load/websocket.hpp"

#include <algorithm>
#include <charconv>

namespace palabre::bench {
namespace {

/// What a connection is to know about its position.
enum class keeping { nothing, position };

class palabre_session final : public positioned_session, websocket::events {
public:
  palabre_session(loop& work, const endpoint& at, const seat& where, participant& who, keeping what,
                  std::optional<room_position> from)
      : socket_(work, *this), at_(at), seat_(where), who_(who), keeping_(what), comes_back_(from.has_value()),
        position_(std::move(from).value_or(room_position{})) {}

  void open() override { socket_.open(at_, "/connection/websocket", {}); }
  void post(std::string_view body) override;
  void cut() override { socket_.cut(); }
  const room_position& position() const override { return position_; }

private:
  void opened() override;
  void received(std::string_view message) override;
  void closed(std::string_view why) override { who_.dropped(why); }
  void take_line(std::string_view line);
  void take_push(std::string_view line);
  void take_reply(std::string_view line);
  void take_missed(std::string_view reply);
  void end(std::string_view why);

  websocket socket_;
  const endpoint& at_;
  seat seat_;
  participant& who_;
  std::uint64_t next_id_ = 1;
  unsigned logging_in_ = 0; ///< replies still to come before the first post
  std::size_t hint_ = 0;
  std::string command_;
  const keeping keeping_;
  const bool comes_back_;
  room_position position_;
};

/// The number behind the last `"offset":`. It stands behind the event, in whose text each quote is escaped.
std::optional<std::uint64_t> last_offset(std::string_view json) {
  constexpr std::string_view name = R"("offset":)";
  const auto at = json.rfind(name);
  if (at == std::string_view::npos) return std::nullopt;
  std::uint64_t offset = 0;
  std::from_chars(json.data() + at + name.size(), json.data() + json.size(), offset);
  return offset;
}

void palabre_session::opened() {
  std::string first = R"({"id":)" + std::to_string(next_id_++) + R"(,"connect":{"token":")" + seat_.token + R"("}})";
  logging_in_ = 1;
  if (seat_.listens) {
    first += "\n{\"id\":" + std::to_string(next_id_++) + R"(,"subscribe":{"channel":")" + seat_.channel + '"';
    if (comes_back_)
      first +=
          R"(,"recover":true,"offset":)" + std::to_string(position_.offset) + R"(,"epoch":")" + position_.epoch + '"';
    first += "}}";
    ++logging_in_;
  }
  socket_.send(first);
}

void palabre_session::post(std::string_view body) {
  command_ = R"({"id":)";
  command_ += std::to_string(next_id_++);
  command_ += R"(,"rpc":{"method":"message.post","data":{"room_id":")";
  command_ += std::string_view(seat_.channel).substr(5); // behind "room:"
  command_ += R"(","body":")";
  command_ += body;
  command_ += R"("}}})";
  socket_.send(command_);
}

void palabre_session::received(std::string_view message) {
  while (!message.empty() && socket_.is_open()) {
    const auto end = message.find('\n');
    take_line(message.substr(0, end));
    if (end == std::string_view::npos) return;
    message.remove_prefix(end + 1);
  }
}

void palabre_session::take_line(std::string_view line) {
  if (line == "{}") return socket_.send("{}"); // a ping, and its pong
  return line.starts_with(R"({"push")") ? take_push(line) : take_reply(line);
}

void palabre_session::take_push(std::string_view line) {
  const auto at = find_mark(line, hint_);
  if (at == std::string_view::npos) {
    // What is pushed and is no message: of these, the two that end a subscription.
    if (line.find(R"("disconnect":)") != std::string_view::npos ||
        line.find(R"("unsubscribe":)") != std::string_view::npos)
      end(line);
    return;
  }
  // A position never goes back, even if a server repeats itself: the account of deliveries tells that.
  if (keeping_ == keeping::position) position_.offset = std::max(position_.offset, last_offset(line).value_or(0));
  who_.delivered(line.substr(at));
}

void palabre_session::take_reply(std::string_view line) {
  const bool failed = line.substr(0, 40).find(R"("error")") != std::string_view::npos;
  if (logging_in_ == 0) return failed ? who_.refused(line) : who_.accepted();
  if (failed) return end(line);
  if (keeping_ == keeping::position && logging_in_ == 1) {
    if (comes_back_ && line.find(R"("recovered":true)") == std::string_view::npos) return end(line);
    position_.epoch = string_field(std::string(line.substr(0, line.find(R"("publications":)"))), "epoch");
    take_missed(line);
  }
  if (--logging_in_ == 0) who_.ready();
}

/// Of a reply to subscribe: the position, and if we come back what was missed.
void palabre_session::take_missed(std::string_view reply) {
  position_.offset = std::max(position_.offset, last_offset(reply).value_or(0));
  for (std::size_t at = 0; comes_back_;) {
    std::size_t none = reply.size();
    const auto next = find_mark(reply.substr(at), none);
    if (next == std::string_view::npos) return;
    who_.delivered(reply.substr(at + next));
    at += next + mark::bytes;
  }
}

void palabre_session::end(std::string_view why) {
  socket_.cut();
  who_.dropped(why);
}

class palabre_dialect final : public dialect {
public:
  place prepare(const endpoint& at, std::size_t rooms) override {
    // One account for all: a login costs an Argon2id hash, which is not what is measured.
    const std::string login = "bench-" + std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
    const std::string made = call_api(at, "POST", "/api/v1/auth/register", {},
                                      R"({"login":")" + login + R"(","password":"a quiet afternoon"})");
    place ready;
    ready.tokens.push_back(string_field(made, "access_token"));
    for (std::size_t i = 0; i < rooms; ++i) {
      const std::string room = call_api(at, "POST", "/api/v1/rooms", ready.tokens.front(), R"({"name":"bench"})");
      ready.channels.push_back("room:" + string_field(room, "id"));
    }
    return ready;
  }
  std::unique_ptr<session> sit(loop& work, const endpoint& at, const seat& where, participant& who) override {
    return std::make_unique<palabre_session>(work, at, where, who, keeping::nothing, std::nullopt);
  }
};

} // namespace

std::unique_ptr<positioned_session> sit_with_position(loop& work, const endpoint& at, const seat& where,
                                                      participant& who, std::optional<room_position> from) {
  return std::make_unique<palabre_session>(work, at, where, who, keeping::position, std::move(from));
}

std::unique_ptr<dialect> speak_palabre() {
  return std::make_unique<palabre_dialect>();
}

} // namespace palabre::bench
