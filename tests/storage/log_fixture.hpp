#pragma once
// A log in a directory of its own, and short words for what the tests do with it.

#include "base/assert.hpp"
#include "storage/journal.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <unistd.h>

namespace palabre::storage {

/// The same bytes for the same seed.
class seeded_randomness final : public randomness {
public:
  explicit seeded_randomness(std::uint64_t seed) : engine_(seed) {}
  void fill(std::uint8_t* out, std::size_t size) override {
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(engine_());
  }

private:
  std::mt19937_64 engine_;
};

class temporary_directory {
public:
  temporary_directory() {
    path_ = (std::filesystem::temp_directory_path() / "palabre-test-XXXXXX").string();
    PALABRE_ASSERT(mkdtemp(path_.data()) != nullptr);
  }
  ~temporary_directory() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
  std::string path_;
};

inline stream_id stream(char kind, std::uint8_t number) {
  stream_id s{kind, {}};
  s.id.bytes[15] = number;
  return s;
}

inline std::string encoded(const stream_id& in, std::string_view payload, std::vector<idempotency> keys = {}) {
  record r;
  r.stream = in;
  r.time.ms = 1'700'000'000'000;
  r.schema = 1;
  r.type = "message.posted";
  r.correlation = "test";
  r.keys = std::move(keys);
  r.payload = payload;
  return encode(r);
}

inline idempotency key(std::uint8_t scope, std::uint8_t request) {
  idempotency k;
  k.scope[0] = scope;
  k.request[0] = request;
  k.status = 201;
  return k;
}

/// Opens, appends and reads; every step must succeed unless a test looks at the result.
class log_fixture : public ::testing::Test {
protected:
  std::string directory() const { return root_ / "log"; }
  std::string mark_path() const { return root_ / "log.watermark"; }

  result<std::unique_ptr<event_log>> try_open(event_log::access mode = event_log::access::read_write) {
    return event_log::open(directory(), mode, random_, disk_);
  }
  void open() {
    auto opened = try_open();
    ASSERT_TRUE(opened) << opened.error().context;
    log = std::move(opened).value();
    writer = std::make_unique<journal>(*log);
  }
  void close() {
    writer.reset();
    log.reset();
  }
  void reopen() {
    close();
    open();
  }

  append one(const stream_id& to, expectation expected, std::vector<std::string> payloads,
             std::vector<idempotency> keys = {}) {
    append a;
    stream_append part{to, expected, {}};
    for (idempotency& k : keys) k.records = static_cast<std::uint16_t>(payloads.size());
    for (const std::string& payload : payloads) // the keys are on the first
      part.records.push_back(encoded(to, payload, part.records.empty() ? keys : std::vector<idempotency>{}));
    a.streams.push_back(std::move(part));
    a.keys = std::move(keys);
    return a;
  }
  /// The answer goes to the end of `answers` once it is there.
  result<void> submit(append a) {
    a.done = [this](result<appended> answer) { answers.push_back(std::move(answer)); };
    return writer->submit(std::move(a));
  }
  /// Submits, commits, and gives the answer.
  result<appended> commit(append a) {
    const auto accepted = submit(std::move(a));
    if (!accepted) return accepted.error();
    while (writer->step()) {
    }
    return answers.back();
  }
  void commit_many(std::size_t count, std::size_t payload_bytes = 20) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto answer =
          commit(one(stream('r', i % 3), expectation::any(), {std::string(payload_bytes, 'x') + std::to_string(i)}));
      ASSERT_TRUE(answer) << answer.error().context;
    }
  }

  temporary_directory root_;
  seeded_randomness random_{1};
  std::shared_ptr<rocksdb::FileSystem> disk_;
  std::vector<result<appended>> answers; // outlives the journal, which answers what is queued when it ends
  std::unique_ptr<event_log> log;
  std::unique_ptr<journal> writer;
};

} // namespace palabre::storage
