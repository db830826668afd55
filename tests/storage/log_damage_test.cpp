// Flipped bytes are noticed, and the first bad position is named.
#include "stopped_log_fixture.hpp"

#include "storage/log_repair.hpp"

namespace palabre::storage {
namespace {

class LogDamage : public stopped_log_fixture {};

TEST_F(LogDamage, NamesThePositionOfAByteFlippedAnywhereInTheWal) {
  open();
  commit_many(12, 40);
  kill();
  const fs::path wal = file_with(".log");
  const std::string whole = read_file(wal);
  const std::size_t size = whole.find_last_not_of('\0') + 1;
  std::size_t refused = 0;
  for (std::size_t at = 0; at < size; at += 11) { // 11 meets every place of a header and of a record
    flip(wal, at);
    const auto before = contents(directory());
    const auto opened = try_open(access::read_only);
    if (opened) {
      const auto& damage = opened.value()->damage();
      const position head = opened.value()->head();
      if (head.value == 12) {
        EXPECT_FALSE(damage) << at << ": " << damage.value_or("");
      } else {
        ASSERT_TRUE(damage) << at;
        EXPECT_EQ(named_position(*damage), head.value + 1) << *damage;
      }
      std::size_t readable = 0;
      EXPECT_TRUE(opened.value()->scan({}, head, [&](const committed_record&) { return ++readable > 0; }));
      EXPECT_EQ(readable, head.value);
    }
    if (at % 4 == 0) { // opening for writing takes longer
      const auto for_writing = try_open();
      ASSERT_FALSE(for_writing) << "byte " << at;
      EXPECT_EQ(for_writing.error().code, errc::corrupt);
      EXPECT_NE(named_position(for_writing.error().context), 0u) << for_writing.error().context;
      ++refused;
    }
    EXPECT_EQ(contents(directory()), before) << "byte " << at;
    write_file(wal, whole);
  }
  EXPECT_GT(refused, 50u);
  open();
  EXPECT_EQ(log->head().value, 12u);
}

/// A digit of the name in it makes another name, which is nowhere.
TEST_F(LogDamage, SaysThatCurrentNamesWhatIsNotThere) {
  open();
  commit_many(5, 40);
  kill();
  const fs::path current = directory() + "/CURRENT";
  std::string named = read_file(current);
  char& tens = named[named.size() - 3];
  tens = tens == '9' ? '8' : '9';
  write_file(current, named);
  for (const access how : {access::read_write, access::read_only}) {
    const auto refused = try_open(how);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, errc::corrupt) << refused.error().context;
    EXPECT_NE(refused.error().context.find("CURRENT"), std::string::npos) << refused.error().context;
  }
}

TEST_F(LogDamage, SaysThatCurrentIsWhatItLooksFor) {
  open();
  commit_many(5, 40);
  kill();
  fs::remove(directory() + "/CURRENT");
  for (const access how : {access::read_write, access::read_only}) {
    const auto refused = try_open(how);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().context.find("CURRENT"), std::string::npos) << refused.error().context;
  }
}

TEST_F(LogDamage, NamesThePositionOfAByteFlippedInAFile) {
  open();
  for (int i = 0; i < 40; ++i) {
    std::string payload(400, '\0'); // does not compress, so that the file has several blocks
    random_.fill(reinterpret_cast<std::uint8_t*>(payload.data()), payload.size());
    ASSERT_TRUE(commit(one(stream('r', 1), expectation::any(), {payload})));
  }
  close();
  flush();
  const fs::path file = file_with(".sst"); // the largest is that of the records
  const std::string whole = read_file(file);
  std::size_t damaged = 0;
  for (std::size_t at = 3; at < whole.size(); at += 97) {
    flip(file, at);
    const auto opened = try_open(access::read_only);
    if (!opened) {
      ADD_FAILURE() << "byte " << at << ": " << opened.error().context;
    } else {
      std::size_t readable = 0;
      const auto scanned = opened.value()->scan({}, {40}, [&](const committed_record&) { return ++readable > 0; });
      const auto& damage = opened.value()->damage();
      if (!scanned) {
        ++damaged;
        EXPECT_EQ(scanned.error().code, errc::corrupt);
        EXPECT_EQ(named_position(scanned.error().context), readable + 1) << scanned.error().context;
      } else if (readable < 40) {
        ++damaged;
        ASSERT_TRUE(damage) << at;
        EXPECT_EQ(named_position(*damage), readable + 1) << *damage;
      }
    }
    write_file(file, whole);
  }
  EXPECT_GT(damaged, 100u);
}

TEST_F(LogDamage, NamesThePositionOfADamagedFileWhenItIsToBeWritten) {
  open();
  commit_many(20, 400);
  close();
  flush();
  const fs::path file = file_with(".sst");
  flip(file, fs::file_size(file) - 10); // its footer
  const auto refused = try_open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::corrupt);
  EXPECT_EQ(named_position(refused.error().context), 1u) << refused.error().context;
}

/// Of a table: the last byte of its properties, behind which come their trailer and the metaindex. The footer (53
/// bytes) says where that begins.
std::size_t last_byte_of_properties(const std::string& table) {
  std::size_t metaindex = 0, at = table.size() - 52;
  for (int shift = 0;; shift += 7, ++at) {
    metaindex |= static_cast<std::size_t>(table[at] & 0x7F) << shift;
    if (!(table[at] & 0x80)) return metaindex - 6;
  }
}

/// RocksDB believes that byte before it compares a checksum: its first bit ended the process.
TEST_F(LogDamage, OfTheEndOfATablesPropertiesIsRefused) {
  open();
  commit_many(20, 400);
  close();
  flush();
  std::vector<fs::path> tables;
  for (const auto& file : fs::directory_iterator(directory()))
    if (file.path().extension() == ".sst") tables.push_back(file.path());
  EXPECT_GE(tables.size(), 4u);
  for (const fs::path& table : tables) {
    const std::string whole = read_file(table);
    for (const int pattern : {0x80, 0xFF}) {
      std::string damaged = whole;
      char& byte = damaged[last_byte_of_properties(whole)];
      EXPECT_EQ(byte, 0) << "not the end of the properties";
      byte = static_cast<char>(byte ^ pattern);
      write_file(table, damaged);
      const auto refused = try_open();
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, errc::corrupt);
      for (const std::string& said :
           {table.filename().string(), std::string("properties"), std::string("--accept-loss")})
        EXPECT_NE(refused.error().context.find(said), std::string::npos) << refused.error().context;
      const auto read = try_open(access::read_only);
      EXPECT_TRUE(!read || read.value()->damage());
      EXPECT_TRUE(repair_copy(directory(), root_ / ("copy of " + table.stem().string() + std::to_string(pattern))));
    }
    write_file(table, whole);
  }
  open();
  EXPECT_EQ(log->head().value, 20u);
}

} // namespace
} // namespace palabre::storage
