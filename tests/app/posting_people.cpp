#include "posting_people.hpp"

#include "person.hpp"

#include <boost/system/system_error.hpp>

#include <chrono>

namespace palabre::testing {

/// What one writer has to the server.
class posting_people::connection {
public:
  connection(unsigned short port, const std::string& token) : client_(port), token_(token) {}

  /// Throws boost::system::system_error when the server has gone.
  http_answer post_message(const post& what) {
    return client_.request("POST", messages_of(what.room),
                           R"({"body":"said as )" + what.client_id + R"(","client_id":")" + what.client_id + R"("})",
                           {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + token_}});
  }

private:
  http_client client_;
  const std::string& token_;
};

posting_people::posting_people(const running_server& server, std::size_t people, std::size_t rooms,
                               std::uint64_t seed) {
  for (std::size_t i = 0; i < people; ++i) {
    const std::string name = "writer-" + std::to_string(i);
    person who(server, name);
    for (std::size_t r = 0; i == 0 && r < rooms; ++r)
      rooms_.push_back(who.make_room("Room " + std::to_string(r), R"(,"visibility":"public")"));
    for (const std::string& room : rooms_) who.post("/api/v1/rooms/" + room + "/join", "");
    writers_.push_back({name, who.token(), std::mt19937_64(seed + i), 0, {}, false, {}});
  }
}

posting_people::~posting_people() {
  join();
}

void posting_people::start(unsigned short port) {
  if (!threads_.empty()) return;
  for (writer& who : writers_) threads_.emplace_back([this, &who, port] { write(who, port); });
}

void posting_people::wait_for_acks(std::uint64_t count) {
  std::unique_lock lock(mutex_);
  const std::uint64_t enough = counts_.acked + count;
  const bool in_time = acked_more_.wait_for(lock, std::chrono::minutes(1),
                                            [&] { return counts_.acked >= enough || !complaint_.empty(); });
  if (!in_time) complaint_ = "no more acks within a minute";
}

void posting_people::join() {
  for (std::thread& each : threads_) each.join();
  threads_.clear();
}

void posting_people::retry(unsigned short port) {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  join();
  start(port); // they settle what is open, and see that it ends
  join();
}

void posting_people::write(writer& who, unsigned short port) {
  const auto ends = [this] {
    const std::lock_guard lock(mutex_);
    return ending_ || !complaint_.empty();
  };
  try {
    connection to(port, who.token);
    while (who.cut_off || !ends()) {
      if (!who.cut_off)
        who.unanswered = {rooms_[who.random() % rooms_.size()], who.name + '-' + std::to_string(++who.posts)};
      if (!settle(who, to)) return;
    }
  } catch (const boost::system::system_error&) { // the server has gone: settle() has noted what is open
  } catch (const std::exception& wrong) {
    complain(who.name + ": " + wrong.what());
  }
}

/// Posts what is unanswered. False: there is something wrong with the answer.
bool posting_people::settle(writer& who, connection& to) {
  const bool again = who.cut_off;
  who.cut_off = true;
  const auto got = to.post_message(who.unanswered);
  const post done = std::exchange(who.unanswered, {});
  who.cut_off = false;
  if (got.status != 201) return complain(done.client_id + ": " + got.body), false;
  const bool replayed = got.header("Idempotency-Replayed") == "true";
  const auto seq = static_cast<std::uint64_t>(got.number("/seq"));
  std::uint64_t& last = who.last_seq[done.room];
  if (replayed && !again) return complain(done.client_id + " is answered as if it had been posted before"), false;
  if (seq <= last)
    return complain(done.client_id + " has seq " + std::to_string(seq) + " behind " + std::to_string(last)), false;
  last = seq;
  const std::lock_guard lock(mutex_);
  ++counts_.acked;
  counts_.retried += again;
  counts_.replayed += replayed;
  acked_[done.room].emplace(seq, acked_message{got.text("/id"), got.text("/body")});
  acked_more_.notify_one();
  return true;
}

void posting_people::complain(const std::string& what) {
  const std::lock_guard lock(mutex_);
  if (complaint_.empty()) complaint_ = what;
  acked_more_.notify_one();
}

std::map<std::uint64_t, acked_message> posting_people::acked_in(const std::string& room) const {
  const std::lock_guard lock(mutex_);
  const auto found = acked_.find(room);
  return found == acked_.end() ? std::map<std::uint64_t, acked_message>{} : found->second;
}

std::string posting_people::complaint() const {
  const std::lock_guard lock(mutex_);
  return complaint_;
}

posting_people::numbers posting_people::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

} // namespace palabre::testing
