// What does a durable batch cost, from the queue to the answers? Unit: ns of real time per batch of 1, 64 and 256
// typical messages, each an append of its own to one of 100 rooms, on the disk of $TMPDIR: judging, hashing, one
// RocksDB write and one fdatasync.

#include "base/assert.hpp"
#include "bench/micro/operation.hpp"
#include "bench/micro/temporary_directory.hpp"
#include "bench/micro/typical_message.hpp"
#include "events/streams.hpp"
#include "storage/journal.hpp"

namespace palabre::micro {
namespace {

constexpr std::uint64_t rooms = 100;

class append_batch {
public:
  explicit append_batch(std::size_t messages) : messages_(messages) {
    for (std::uint64_t i = 0; i < rooms; ++i) stored_.push_back(stored_message(numbered_room(i), i));
  }

  std::size_t operator()() {
    std::size_t durable = 0;
    for (std::size_t i = 0; i < messages_; ++i) {
      const std::uint64_t room = next_++ % rooms;
      storage::append what;
      what.streams.push_back({events::stream_of(numbered_room(room)), storage::expectation::any(), {stored_[room]}});
      what.done = [&durable](const result<storage::appended>& done) { durable += done.has_value() ? 1 : 0; };
      PALABRE_ASSERT(journal_.submit(std::move(what)).has_value());
    }
    journal_.step();
    PALABRE_ASSERT(durable == messages_);
    return durable;
  }

private:
  const std::size_t messages_;
  std::vector<std::string> stored_;
  std::uint64_t next_ = 0;
  system_randomness random_;
  temporary_directory root_;
  std::unique_ptr<storage::event_log> log_ =
      storage::event_log::open(root_ / "log", storage::event_log::access::read_write, random_).value();
  storage::journal journal_{*log_};
};

const registration journal_append_registered[] = {
    measure<append_batch>("storage/journal/batch_1", std::size_t{1}).waiting(),
    measure<append_batch>("storage/journal/batch_64", std::size_t{64}).items(64).waiting(),
    measure<append_batch>("storage/journal/batch_256", std::size_t{256}).items(256).waiting(),
};

} // namespace
} // namespace palabre::micro
