// Level 1 of the ladder of trust: a real server under load from real clients is killed with SIGKILL at a random moment,
// again and again, some of the times while it starts, and started on what it left. Everything acknowledged is there
// once; positions and versions have no gap; the chain is whole and the read models equal a replay (`palabre verify`).
// A round is a data directory that lives through 20 kills.

#include "level_run.hpp"

#include "app/event_lines.hpp"
#include "app/history.hpp"
#include "app/posting_people.hpp"

#include <iostream>
#include <stdexcept>

namespace palabre::trust {
namespace {

using namespace palabre::testing;

constexpr std::uint64_t kills_per_round = 20;
constexpr std::uint64_t longest_start_us = 150'000; ///< a start takes about this long; some are killed on the way

class round {
public:
  round(std::uint64_t seed, level_run& run) : run_(run), random_(seed), people_(server_, 6, 3, seed) {}

  /// Throws std::runtime_error: something does not hold.
  void play() {
    for (std::uint64_t kill = 0; kill < kills_per_round; ++kill) live_and_die();
    people_.retry(server_.port());
    seen_.clear();
    expect_acked();
    expect_nothing_else();
    check_events();
    expect(server_.stop() == 0, "the server does not end in order");
    expect_verified();
    const auto counts = people_.counts();
    run_.add("acked_posts", counts.acked);
    run_.add("cut_off_and_retried", counts.retried);
    run_.add("of_those_stored_already", counts.replayed);
    run_.add("events", last_);
  }

private:
  static void expect(bool holds, const std::string& otherwise) {
    if (!holds) throw std::runtime_error(otherwise);
  }

  void live_and_die() {
    people_.start(server_.port());
    people_.wait_for_acks(random_() % 60);
    server_.kill();
    people_.join();
    expect(people_.complaint().empty(), people_.complaint());
    run_.add("kills");
    if (random_() % 4 == 0) {
      server_.start_and_kill(std::chrono::microseconds(random_() % longest_start_us));
      run_.add("kills");
    }
    server_.start();
    expect_acked();
  }

  /// Every acked message is in its room once, at its seq.
  void expect_acked() {
    http_client client(server_.port());
    for (const std::string& room : people_.rooms()) {
      const auto acked = people_.acked_in(room);
      std::map<std::string, int> times;
      std::map<std::uint64_t, stored_message> by_seq;
      for (const stored_message& message : messages_after(client, people_.owner_token(), room, seen_[room])) {
        expect(by_seq.empty() || message.seq > by_seq.rbegin()->first, "a room is not in order");
        expect(++times[message.body] == 1, message.body + " is there twice");
        by_seq[message.seq] = message;
      }
      for (auto ack = acked.upper_bound(seen_[room]); ack != acked.end(); ++ack) {
        const auto found = by_seq.find(ack->first);
        expect(found != by_seq.end(), "acked and lost: " + ack->second.body);
        expect(found->second.id == ack->second.id && found->second.body == ack->second.body,
               "acked, and another is there: " + ack->second.body);
      }
      if (!acked.empty()) seen_[room] = acked.rbegin()->first;
    }
  }

  /// What was cut off was sent again, so all that is stored was acked by now.
  void expect_nothing_else() {
    http_client client(server_.port());
    for (const std::string& room : people_.rooms())
      expect(messages_after(client, people_.owner_token(), room, 0).size() == people_.acked_in(room).size(),
             "a message is stored that nobody was told of");
  }

  void check_events() {
    std::map<std::string, std::uint64_t> versions;
    for (const event_line& event : read_events(server_.data())) {
      expect(event.position == ++last_, "a hole before position " + std::to_string(event.position));
      expect(event.seq == ++versions[event.stream], "a hole in " + event.stream);
    }
  }

  void expect_verified() {
    const auto verified = run_palabre({"verify", "--data", server_.data()});
    expect(verified.status == 0, "verify: " + verified.complained);
  }

  level_run& run_;
  std::mt19937_64 random_;
  running_server server_;
  posting_people people_;
  std::map<std::string, std::uint64_t> seen_; ///< by room: checked up to here
  std::uint64_t last_ = 0;
};

} // namespace
} // namespace palabre::trust

int main(int argc, char** argv) {
  palabre::trust::level_run run(argc, argv, "kill", 2);
  while (const auto seed = run.next()) {
    try {
      palabre::trust::round(*seed, run).play();
    } catch (const std::exception& wrong) {
      run.fail(*seed, wrong.what());
    }
  }
  return run.finish();
}
