// storage::check(): what it finds, and where it says it is.
#include "stopped_log_fixture.hpp"

#include "storage/log_check.hpp"
#include "storage/log_rows.hpp"

namespace palabre::storage {
namespace {

constexpr std::size_t records = 60;

class LogCheck : public stopped_log_fixture {
protected:
  void SetUp() override {
    open();
    commit_many(records - 1);
    ASSERT_TRUE(commit(one(stream('r', 2), expectation::any(), {"with a key"}, {key(5, 6)})));
    close();
  }

  result<checked_log> check(position after = {}, std::size_t threads = 2) {
    const auto opened = try_open(access::read_only);
    if (!opened) return opened.error();
    log_check how;
    how.after = after;
    how.threads = threads;
    how.name_of = [](const stream_id& s) { return std::string(1, s.kind); };
    how.readable = [&](const record&) -> result<void> {
      ++read_;
      return success();
    };
    return storage::check(*opened.value(), how);
  }
  void change(log_family which, const std::function<void(rocksdb::DB&, rocksdb::ColumnFamilyHandle*)>& how) {
    const auto instance = rocksdb_instance::open(log_options(), directory(), log_families());
    ASSERT_TRUE(instance);
    how(instance.value()->db(), instance.value()->family(which));
  }
  template <class Key, class Row>
  void put(log_family which, const Key& key, const Row& row) {
    change(which, [&](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
      ASSERT_TRUE(db.Put(synced_write(), family, {key.data(), key.size()}, {row.data(), row.size()}).ok());
    });
  }
  template <class Key>
  void erase(log_family which, const Key& key) {
    change(which, [&](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
      ASSERT_TRUE(db.Delete(synced_write(), family, {key.data(), key.size()}).ok());
    });
  }
  void expect_found(std::uint64_t at, const std::string& says) {
    for (const std::size_t threads : {1u, 2u, 3u}) {
      const auto checked = check({}, threads);
      ASSERT_FALSE(checked) << says;
      EXPECT_EQ(checked.error().code, errc::corrupt);
      EXPECT_EQ(named_position(checked.error().context), at) << checked.error().context;
      EXPECT_NE(checked.error().context.find(says), std::string::npos) << checked.error().context;
    }
  }

  std::atomic<std::size_t> read_ = 0;
};

TEST_F(LogCheck, FindsNothingWrongWithWhatIsAsItWas) {
  const auto checked = check();
  ASSERT_TRUE(checked) << checked.error().context;
  EXPECT_EQ(checked.value().records, records);
  EXPECT_EQ(checked.value().streams, 3u);
  EXPECT_EQ(read_, records);
}

TEST_F(LogCheck, OfTheRecordsBehindAnyPosition) {
  for (std::uint64_t after = 1; after <= records; ++after) {
    const auto checked = check({after});
    ASSERT_TRUE(checked) << after << ": " << checked.error().context;
    EXPECT_EQ(checked.value().records, records - after);
    EXPECT_EQ(checked.value().streams, std::min<std::uint64_t>(3, records - after));
  }
  EXPECT_EQ(check({records + 1}).error().code, errc::invalid);
}

TEST_F(LogCheck, NamesARecordThatIsNotReadable) {
  const auto opened = try_open(access::read_only);
  log_check how;
  how.threads = 2;
  how.name_of = [](const stream_id&) { return std::string("s"); };
  how.readable = [](const record& r) -> result<void> {
    if (r.at.value < 20) return success();
    return error{errc::from_the_future, "position " + std::to_string(r.at.value)};
  };
  const auto checked = storage::check(*opened.value(), how);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, errc::from_the_future);
  EXPECT_EQ(named_position(checked.error().context), 20u);
}

TEST_F(LogCheck, NamesTheRecordThatTheIndexDoesNotLeadTo) {
  // Streams 0, 1, 2 in turn: position 31 is the 11th record of stream 0.
  const version_key key = key_of(stream('r', 0), 11);
  put(family_stream, key, key_of(position{30}));
  expect_found(31, "the index of r");
  erase(family_stream, key);
  expect_found(31, "the index of r");
  put(family_stream, key, key_of(position{31}));
  EXPECT_TRUE(check());
}

TEST_F(LogCheck, FindsAnIndexRowThatNoRecordStandsFor) {
  put(family_stream, key_of(stream('r', 9), 1), key_of(position{7}));
  expect_found(0, "no record stands for");
}

TEST_F(LogCheck, NamesTheRecordWhoseKeyIsNotInTheTable) {
  const idempotency kept = key(5, 6);
  done_command other{kept.request, kept.status, {records}, 1};
  other.request[3] = 1;
  put(family_command, as_bytes(kept.scope), row_of(other));
  expect_found(records, "idempotency");
  erase(family_command, as_bytes(kept.scope));
  expect_found(records, "idempotency");
}

TEST_F(LogCheck, FindsHeadsThatAreNotTheLastRecord) {
  stream_head head;
  {
    const auto opened = try_open(access::read_only);
    head = opened.value()->head_of(stream('r', 2)).value();
  }
  stream_head other = head;
  other.hash[0] ^= 1;
  put(family_head, key_of(stream('r', 2)), row_of(other));
  expect_found(head.at.value, "not what its head says");
  erase(family_head, key_of(stream('r', 2)));
  expect_found(0, "without a head");
  put(family_head, key_of(stream('r', 2)), row_of(head));
  put(family_head, key_of(stream('r', 7)), row_of(head));
  expect_found(head.at.value, "a head and no record");
}

/// The byte of a record that is changed: in its payload, so that it can still be taken apart.
TEST_F(LogCheck, NamesTheSuccessorOfARecordThatWasRewrittenWhereverOneBegins) {
  const position_key key = key_of(position{31});
  std::string whole;
  change(family_log, [&](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
    ASSERT_TRUE(db.Get({}, family, {key.data(), key.size()}, &whole).ok());
  });
  std::string forged = whole;
  forged.back() = static_cast<char>(forged.back() ^ 1);
  put(family_log, key, forged);
  expect_found(34, "the record at position 31");
  for (const std::uint64_t after : {30u, 31u, 33u}) // what a stream was before is taken from the record there
    EXPECT_EQ(named_position(check({after}).error().context), 34u) << after;
  for (const std::uint64_t after : {34u, 50u}) EXPECT_TRUE(check({after})) << after;
}

TEST_F(LogCheck, NamesAPositionThatIsMissing) {
  erase(family_log, key_of(position{31}));
  expect_found(31, "missing");
}

} // namespace
} // namespace palabre::storage
