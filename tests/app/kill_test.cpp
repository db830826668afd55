// Level 1 of the ladder of trust: a server under load is killed at a random moment, again and again, and started on
// what it left. PALABRE_KILL_CYCLES makes it longer, PALABRE_KILL_SEED repeats a run's random numbers.

#include "event_lines.hpp"
#include "history.hpp"
#include "posting_people.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <random>

namespace palabre::testing {
namespace {

/// A start takes about this long; some are killed on the way.
constexpr std::uint64_t longest_start_us = 200'000;

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// Reads the events of every kind as far as they are, and expects each position and each stream's versions once, in
/// order.
class events_follower {
public:
  explicit events_follower(const std::string& data) : data_(data) {}

  void read_on() {
    for (const event_line& event : read_events(data_, {"--after", std::to_string(last_)})) {
      ASSERT_EQ(event.position, ++last_);
      ASSERT_EQ(event.seq, ++seqs_[event.stream]) << event.text;
    }
  }
  void read_again() {
    last_ = 0;
    seqs_.clear();
    read_on();
  }
  std::uint64_t last() const { return last_; }

private:
  const std::string data_;
  std::uint64_t last_ = 0;
  std::map<std::string, std::uint64_t> seqs_;
};

/// Every acked message is in its room once, at its seq. `from`: where to begin, for each room.
void expect_acked(http_client& client, const posting_people& people, std::map<std::string, std::uint64_t>& from) {
  for (const std::string& room : people.rooms()) {
    const auto acked = people.acked_in(room);
    const auto stored = messages_after(client, people.owner_token(), room, from[room]);
    std::map<std::string, int> times;
    std::map<std::uint64_t, stored_message> by_seq;
    std::uint64_t last = from[room];
    for (const stored_message& message : stored) {
      ASSERT_GT(message.seq, last) << "not in order";
      last = message.seq;
      ASSERT_EQ(++times[message.body], 1) << message.body << " is there twice";
      by_seq[message.seq] = message;
    }
    for (auto ack = acked.upper_bound(from[room]); ack != acked.end(); ++ack) {
      const auto found = by_seq.find(ack->first);
      ASSERT_NE(found, by_seq.end()) << "acked and lost: " << ack->second.body << " at seq " << ack->first;
      ASSERT_EQ(found->second.id, ack->second.id);
      ASSERT_EQ(found->second.body, ack->second.body);
    }
    if (!acked.empty()) from[room] = acked.rbegin()->first;
  }
}

void expect_verified(const std::string& data) {
  const auto verified = run_palabre({"verify", "--data", data});
  ASSERT_EQ(verified.status, 0) << verified.complained;
}

/// What is stored is what was acked, and nothing beside it.
void expect_exactly_acked(http_client& client, const posting_people& people) {
  for (const std::string& room : people.rooms()) {
    const auto stored = messages_after(client, people.owner_token(), room, 0);
    EXPECT_EQ(stored.size(), people.acked_in(room).size());
  }
}

TEST(Kill, LosesNothingThatWasAcked) {
  const std::uint64_t cycles = number_from_environment("PALABRE_KILL_CYCLES", 50);
  const std::uint64_t seed = number_from_environment("PALABRE_KILL_SEED", std::random_device{}());
  SCOPED_TRACE("PALABRE_KILL_SEED=" + std::to_string(seed));
  std::cout << "PALABRE_KILL_SEED=" << seed << std::endl;
  std::mt19937_64 random(seed);

  running_server server;
  posting_people people(server, 6, 3, seed);
  events_follower log(server.data());
  std::map<std::string, std::uint64_t> checked;
  for (std::uint64_t cycle = 1; cycle <= cycles; ++cycle) {
    SCOPED_TRACE("cycle " + std::to_string(cycle));
    people.start(server.port());
    people.wait_for_acks(random() % 200);
    server.kill();
    people.join();
    ASSERT_EQ(people.complaint(), "");
    if (cycle % 5 == 0) server.start_and_kill(std::chrono::microseconds(random() % longest_start_us));
    if (cycle % 10 == 0) expect_verified(server.data());
    server.start();
    if (cycle % 2 == 0) people.start(server.port()); // the others read while nobody writes
    http_client client(server.port());
    if (cycle % 10 == 0) checked.clear();
    expect_acked(client, people, checked);
    log.read_on();
    if (HasFatalFailure()) break;
  }
  people.retry(server.port());
  http_client client(server.port());
  checked.clear();
  expect_acked(client, people, checked);
  expect_exactly_acked(client, people);
  log.read_again();
  expect_verified(server.data()); // beside the live server
  EXPECT_EQ(server.stop(), 0);
  expect_verified(server.data());
  ASSERT_EQ(people.complaint(), "");
  const auto counts = people.counts();
  std::cout << cycles << " kills, " << counts.acked << " acked, " << counts.retried << " cut off and retried, of which "
            << counts.replayed << " were stored already; " << log.last() << " events" << std::endl;
  EXPECT_GT(counts.acked, cycles);
}

} // namespace
} // namespace palabre::testing
