#include "projections/message_row.hpp"

#include "known_ids.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace palabre::projections {
namespace {

using namespace testing;

message_row with_everything() {
  message_row row;
  row.message = message_number(7);
  row.room = room_number(2);
  row.seq = std::numeric_limits<stream_version>::max();
  row.author = person(3);
  row.body_json = R"("said")";
  row.metadata_json = R"({"of":"it"})";
  row.reply_to = message_number(6);
  row.reply_to_seq = 6;
  row.created_at = {0};
  row.edited_at = {1'700'000'000'000};
  row.deleted_at = {253'402'300'799'999};
  row.edits = 4;
  row.reply_count = std::numeric_limits<std::uint32_t>::max();
  row.reactions = {{"👍", 2}, {"🎉", 1}};
  for (std::uint8_t n = 1; n <= 50; ++n) row.mentioned.push_back(person(n));
  return row;
}

TEST(MessageRow, ShowsAllThatItHolds) {
  const message_row row = with_everything();
  std::string mentioned;
  for (const user_id each : row.mentioned) mentioned += (mentioned.empty() ? "\"" : ",\"") + to_text(each) + '"';
  std::string out = "[";
  const std::string stored = encode(row);
  append_message(out, view_message_row(stored).value(), R"({"display_name":"Ada"})", {"👍"}, R"({"seq":6})");
  EXPECT_EQ(out,
            R"([{"id":")" + to_text(row.message) + R"(","room_id":")" + to_text(row.room) +
                R"(","seq":18446744073709551615,"author_id":")" + to_text(row.author) +
                R"(","author":{"display_name":"Ada"},"body":"said","metadata":{"of":"it"},"mentioned_user_ids":[)" +
                mentioned + R"(],"reply_to":")" + to_text(*row.reply_to) +
                R"(","created_at":"1970-01-01T00:00:00.000Z","edited_at":"2023-11-14T22:13:20.000Z",)"
                R"("deleted_at":"9999-12-31T23:59:59.999Z","reactions":[{"emoji":"👍","count":2,"me":true},)"
                R"({"emoji":"🎉","count":1,"me":false}],"parent":{"seq":6},"reply_count":4294967295})");
}

TEST(MessageRow, ShowsWhatIsMissingAsNothing) {
  message_row row;
  row.body_json = row.metadata_json = "null";
  std::string out;
  const std::string stored = encode(row);
  append_message(out, view_message_row(stored).value(), "null", {}, "null");
  const std::string nil = to_text(uuid{});
  EXPECT_EQ(out, R"({"id":")" + nil + R"(","room_id":")" + nil + R"(","seq":0,"author_id":")" + nil +
                     R"(","author":null,"body":null,"metadata":null,"mentioned_user_ids":[],"reply_to":null,)"
                     R"("created_at":"1970-01-01T00:00:00.000Z","edited_at":null,"deleted_at":null,"reactions":[],)"
                     R"("parent":null,"reply_count":0})");
}

TEST(MessageRow, IsReadAsItWasWritten) {
  const std::string stored = encode(with_everything());
  EXPECT_EQ(encode(decode_message_row(stored).value()), stored);
}

TEST(MessageRow, TellsOfDamage) {
  const std::string stored = encode(with_everything());
  for (std::size_t size = 0; size < stored.size(); ++size)
    EXPECT_EQ(view_message_row(stored.substr(0, size)).error().code, errc::corrupt) << size << " bytes";
  EXPECT_EQ(view_message_row(stored + 'x').error().code, errc::corrupt);
  for (const std::int64_t ms : {std::int64_t{-2}, std::int64_t{253'402'300'800'000}}) {
    message_row row = with_everything();
    row.created_at = {ms};
    EXPECT_EQ(view_message_row(encode(row)).error().code, errc::corrupt) << ms;
  }
  for (auto time : {&message_row::edited_at, &message_row::deleted_at}) {
    message_row row = with_everything();
    row.*time = timestamp{253'402'300'800'000};
    EXPECT_EQ(decode_message_row(encode(row)).error().code, errc::corrupt);
  }
}

} // namespace
} // namespace palabre::projections
