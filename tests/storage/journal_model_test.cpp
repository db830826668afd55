// Random appends, compared with a model of a few lines.
#include "log_fixture.hpp"

#include <map>

namespace palabre::storage {
namespace {

struct model {
  std::map<stream_id, std::vector<std::string>> streams;
  std::vector<std::string> all;
  std::map<short_digest, short_digest> keys;

  /// The code of the refusal, or nullopt.
  std::optional<errc> apply(const append& a) {
    for (const idempotency& k : a.keys)
      if (const auto done = keys.find(k.scope); done != keys.end())
        return done->second == k.request ? errc::already_done : errc::key_reused;
    auto after = streams;
    for (const stream_append& part : a.streams) {
      auto& records = after[part.stream];
      const bool wanted = part.expected.what == expectation::kind::any ||
                          (part.expected.what == expectation::kind::even && records.size() % 2 == 0) ||
                          (part.expected.what == expectation::kind::exactly && records.size() == part.expected.version);
      if (!wanted) return errc::version_mismatch;
      for (const new_record& each : part.records) records.emplace_back(decode(each.stored).value().payload);
    }
    streams = std::move(after);
    for (const stream_append& part : a.streams)
      for (const new_record& each : part.records) all.emplace_back(decode(each.stored).value().payload);
    for (const idempotency& k : a.keys) keys[k.scope] = k.request;
    return std::nullopt;
  }
};

class JournalModel : public log_fixture, public ::testing::WithParamInterface<std::uint64_t> {
protected:
  std::mt19937_64 dice_{GetParam()};
  model expected_;
  std::vector<std::optional<errc>> outcomes_; ///< that the model gave, in the order of submission
  int payloads_ = 0;

  std::uint64_t roll(std::uint64_t sides) { return dice_() % sides; }

  expectation random_expectation(const stream_id& of) {
    switch (roll(4)) {
    case 0: return expectation::any();
    case 1: return expectation::even();
    case 2: return expectation::exactly(roll(6));
    default: return expectation::exactly(expected_.streams[of].size());
    }
  }

  append random_append() {
    append a;
    if (roll(4) == 0) a.keys.push_back(key(static_cast<std::uint8_t>(roll(40)), static_cast<std::uint8_t>(roll(2))));
    for (std::uint64_t parts = 1 + roll(3); parts > 0; --parts) {
      const stream_id to = stream('r', static_cast<std::uint8_t>(roll(6)));
      stream_append part{to, random_expectation(to), {}};
      for (std::uint64_t records = 1 + roll(3); records > 0; --records) {
        const bool first = a.streams.empty() && part.records.empty();
        const std::string payload = std::to_string(payloads_++);
        part.records.push_back(encoded(to, payload, first ? a.keys : std::vector<idempotency>{}));
      }
      a.streams.push_back(std::move(part));
    }
    return a;
  }

  void compare() {
    ASSERT_EQ(answers.size(), outcomes_.size());
    for (std::size_t i = 0; i < answers.size(); ++i) {
      EXPECT_EQ(answers[i].has_value(), !outcomes_[i]) << "append " << i;
      if (!answers[i] && outcomes_[i]) {
        EXPECT_EQ(answers[i].error().code, *outcomes_[i]) << "append " << i;
      }
    }
    std::vector<std::string> all;
    EXPECT_TRUE(log->scan({}, log->head(), [&](const committed_record& r) {
      all.emplace_back(r.view.payload);
      return true;
    }));
    EXPECT_EQ(all, expected_.all);
    for (const auto& [of, payloads] : expected_.streams) {
      std::vector<std::string> read;
      sha256_digest previous{};
      EXPECT_TRUE(log->read_stream(of, 0, 1'000'000, [&](const committed_record& r) {
        EXPECT_EQ(r.view.previous, previous);
        previous = r.hash;
        read.emplace_back(r.view.payload);
        return true;
      }));
      EXPECT_EQ(read, payloads);
      EXPECT_EQ(log->head_of(of).value().version, payloads.size());
    }
  }
};

TEST_P(JournalModel, AgreesWithTheJournal) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  open();
  for (int i = 0; i < 400; ++i) {
    append a = random_append();
    outcomes_.push_back(expected_.apply(a));
    ASSERT_TRUE(submit(std::move(a)));
    if (roll(8) == 0) writer->step();
    if (roll(100) == 0) reopen(); // commits what is queued
  }
  while (writer->step()) {
  }
  compare();
}

INSTANTIATE_TEST_SUITE_P(Seeds, JournalModel, ::testing::Range<std::uint64_t>(1, 13));

} // namespace
} // namespace palabre::storage
