#include "http/realtime/wire.hpp"

#include "http/realtime/delivery.hpp"
#include "http/realtime/frame.hpp"

#include <gtest/gtest.h>

namespace palabre::http::realtime {
namespace {

using namespace std::string_literals;

constexpr wire all_wires[] = {wire::websocket,       wire::http_stream, wire::sse,        wire::uni_websocket,
                              wire::uni_http_stream, wire::uni_sse,     wire::room_events};

TEST(Wire, PutsAMessageIntoWhatTheClientReads) {
  EXPECT_EQ(message("{}", wire::websocket), "\x81\x02{}");
  EXPECT_EQ(message("{}", wire::http_stream), "000003\r\n{}\n\r\n");
  EXPECT_EQ(message("{}", wire::sse), "00000a\r\ndata: {}\n\n\r\n");
  EXPECT_EQ(message("{}", wire::uni_http_stream), message("{}", wire::http_stream));
}

TEST(Wire, LeavesOutTheEnvelopeOfPushesWhereThereIsNothingElse) {
  std::string answering, one_way;
  append_push_message(answering, R"("channel":"a","pub":{})", wire::http_stream);
  append_push_message(one_way, R"("channel":"a","pub":{})", wire::uni_http_stream);
  EXPECT_EQ(answering, message(R"({"push":{"channel":"a","pub":{}}})", wire::http_stream));
  EXPECT_EQ(one_way, message(R"({"channel":"a","pub":{}})", wire::uni_http_stream));
}

TEST(Wire, SaysFarewellInItsOwnWay) {
  const disconnection why{3001, "shutdown"};
  const std::string last_chunk = "0\r\n\r\n";
  EXPECT_EQ(farewell(why, wire::websocket), "\x88\x0a\x0b\xb9shutdown");
  EXPECT_EQ(farewell(why, wire::http_stream),
            message(R"({"push":{"disconnect":{"code":3001,"reason":"shutdown"}}})", wire::http_stream) + last_chunk);
  EXPECT_EQ(farewell(why, wire::uni_sse),
            message(R"({"disconnect":{"code":3001,"reason":"shutdown"}})", wire::uni_sse) + last_chunk);
  EXPECT_EQ(farewell(why, wire::room_events), last_chunk);
}

TEST(Wire, FindsTheEndOfAMessageFromAnyByte) {
  for (const wire w : all_wires) {
    std::vector<std::string> frames{message("{}", w), message(std::string(300, 'a'), w), ping_message(w),
                                    message(std::string(70'000, 'b'), w), farewell({3001, "shutdown"}, w)};
    if (is_websocket(w)) frames.push_back(control_frame(opcode::ping, ""));
    std::string all;
    for (const std::string& each : frames) all += each;
    std::size_t begin = 0;
    for (const std::string& each : frames) {
      const std::size_t end = begin + each.size();
      // A farewell may be two chunks.
      if (is_websocket(w) || each != frames[4]) {
        EXPECT_EQ(end_of_message_at(all, begin, w), end) << static_cast<int>(w);
        EXPECT_EQ(end_of_message_at(all, end - 1, w), end) << static_cast<int>(w);
      }
      begin = end;
    }
  }
}

TEST(Wire, BeginsAnEventStreamWithAnEmptyLineInAChunk) {
  for (const wire w : {wire::sse, wire::uni_sse}) {
    EXPECT_EQ(preamble(w), "000002\r\n\r\n\r\n");
    EXPECT_EQ(end_of_message_at(preamble(w), 3, w), preamble(w).size());
  }
  for (const wire w : {wire::websocket, wire::http_stream, wire::uni_http_stream, wire::room_events})
    EXPECT_EQ(preamble(w), "");
}

// ---- The same frames on other wires

std::string push_of(stream_version seq) {
  return R"({"push":{"channel":"room:01900000-0000-7000-8000-000000000001","pub":{"data":{"type":"message.posted","n":)" +
         std::to_string(seq) + R"(},"offset":)" + std::to_string(seq) + R"(,"tags":{"t":"message.posted"}}}})";
}

/// Events 5, 7 and 8 of a batch that went from 5 to 9.
channel_frames some_frames() {
  channel_frames frames;
  frames.first = 5;
  frames.last = 9;
  for (const stream_version seq : {5, 7, 8}) {
    frames.bytes += message(push_of(seq), wire::websocket);
    frames.marks.push_back({seq, static_cast<std::uint32_t>(frames.bytes.size())});
  }
  return frames;
}

TEST(ChannelFrames, GiveWhoKnowsTheFirstOnesTheRest) {
  const channel_frames frames = some_frames();
  EXPECT_EQ(frames.between(4, 9), frames.bytes);
  EXPECT_EQ(frames.between(5, 9), message(push_of(7), wire::websocket) + message(push_of(8), wire::websocket));
  EXPECT_EQ(frames.between(6, 7), message(push_of(7), wire::websocket));
  EXPECT_EQ(frames.between(8, 9), "");
}

TEST(ChannelFrames, AreTheSameMessagesOnAnotherWire) {
  const channel_frames frames = some_frames();
  const auto lines = reframed(frames, wire::http_stream, "Epoch");
  EXPECT_EQ(lines->bytes, message(push_of(5), wire::http_stream) + message(push_of(7), wire::http_stream) +
                              message(push_of(8), wire::http_stream));
  EXPECT_EQ(lines->between(5, 7), message(push_of(7), wire::http_stream));
  EXPECT_EQ(lines->between(7, 9), message(push_of(8), wire::http_stream));

  const auto bare = reframed(frames, wire::uni_sse, "Epoch");
  const std::string push = push_of(7);
  const std::string inside = push.substr(8, push.size() - 9);
  EXPECT_EQ(bare->between(5, 7), message(inside, wire::uni_sse));
}

TEST(ChannelFrames, AreBareEventsWithIdsForWhoReadsARoomsEvents) {
  const auto events = reframed(some_frames(), wire::room_events, "Epoch");
  EXPECT_EQ(events->between(7, 9),
            message("id: Epoch:8\ndata: {\"type\":\"message.posted\",\"n\":8}", wire::room_events));
}

TEST(ChannelFrames, OfEphemeraAreNotForWhoReadsARoomsEvents) {
  channel_frames typing;
  typing.what = channel_frames::kind::ephemera;
  typing.bytes = message(R"({"push":{"channel":"room:x","pub":{"data":{}}}})", wire::websocket);
  EXPECT_EQ(reframed(typing, wire::room_events, "Epoch")->bytes, "");
  EXPECT_EQ(reframed(typing, wire::uni_http_stream, "Epoch")->bytes,
            message(R"({"channel":"room:x","pub":{"data":{}}})", wire::uni_http_stream));
}

} // namespace
} // namespace palabre::http::realtime
