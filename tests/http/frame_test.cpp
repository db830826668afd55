#include "http/realtime/frame.hpp"

#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace palabre::http::realtime {
namespace {

// ---- A client of a few lines, written from the RFC and not from our decoder

constexpr std::uint8_t final_frame = 0x80;

/// `first`: FIN, reserved bits and opcode.
std::string client_frame(std::uint8_t first, std::string_view payload, std::uint32_t mask = 0x37fa213d) {
  std::string out(1, static_cast<char>(first));
  if (payload.size() <= 125) {
    out += static_cast<char>(0x80 | payload.size());
  } else if (payload.size() <= 65'535) {
    out += static_cast<char>(0x80 | 126);
    put_int(out, static_cast<std::uint16_t>(payload.size()));
  } else {
    out += static_cast<char>(0x80 | 127);
    put_int(out, static_cast<std::uint64_t>(payload.size()));
  }
  put_int(out, mask);
  for (std::size_t i = 0; i < payload.size(); ++i)
    out += static_cast<char>(payload[i] ^ static_cast<char>(mask >> (24 - 8 * (i % 4))));
  return out;
}

std::string text(std::string_view payload) {
  return client_frame(final_frame | 1, payload);
}
std::string text_start(std::string_view payload) {
  return client_frame(1, payload);
}
std::string more(std::string_view payload) {
  return client_frame(0, payload);
}
std::string last(std::string_view payload) {
  return client_frame(final_frame | 0, payload);
}
std::string ping(std::string_view payload) {
  return client_frame(final_frame | 9, payload);
}
std::string close(std::string_view payload) {
  return client_frame(final_frame | 8, payload);
}

struct decoded {
  std::vector<std::pair<opcode, std::string>> messages;
  std::uint16_t failure = 0;
  friend bool operator==(const decoded&, const decoded&) = default;
};

void PrintTo(const decoded& what, std::ostream* out) {
  for (const auto& [kind, payload] : what.messages) *out << static_cast<int>(kind) << ':' << payload.size() << ' ';
  *out << "failure " << what.failure;
}

void feed(frame_decoder& decoder, std::string_view bytes, decoded& out) {
  while (auto message = decoder.next(bytes)) out.messages.emplace_back(message->kind, std::move(message->payload));
  EXPECT_TRUE(bytes.empty());
  out.failure = decoder.failure();
}

constexpr std::size_t message_max = 1'000;

decoded decode(std::string_view bytes) {
  frame_decoder decoder(message_max);
  decoded out;
  feed(decoder, bytes, out);
  return out;
}

decoded messages(std::vector<std::pair<opcode, std::string>> all) {
  return {std::move(all), 0};
}

TEST(FrameDecoder, ReadsWhatClientsSend) {
  const std::string long_text(126, 'a'), longer_text(message_max, 'b');
  const std::vector<std::pair<std::string, decoded>> table{
      {"", messages({})},
      {text(""), messages({{opcode::text, ""}})},
      {text("{}"), messages({{opcode::text, "{}"}})},
      {client_frame(final_frame | 2, "\xff\x01"), messages({{opcode::binary, "\xff\x01"}})},
      {text(long_text) + text(longer_text), messages({{opcode::text, long_text}, {opcode::text, longer_text}})},
      {text_start("a") + more("b") + more("") + last("c"), messages({{opcode::text, "abc"}})},
      {text_start("a") + ping("p") + last("c"), messages({{opcode::ping, "p"}, {opcode::text, "ac"}})},
      {text_start("\xc3") + last("\xa9"), messages({{opcode::text, "\xc3\xa9"}})}, // é, cut in two
      {close(""), messages({{opcode::close, ""}})},
      {close("\x0b\xb9"
             "bye"),
       messages({{opcode::close, "\x0b\xb9"
                                 "bye"}})},
      {client_frame(final_frame | 10, "x"), messages({{opcode::pong, "x"}})},
  };
  for (const auto& [bytes, expected] : table) EXPECT_EQ(decode(bytes), expected);
}

TEST(FrameDecoder, NamesWhatIsWrong) {
  const std::string unmasked = std::string("\x81\x02") + "{}";
  const std::string huge = std::string("\x81\xff") + std::string(8, '\x7f') + "mask";
  const std::string negative = std::string("\x81\xff\x80") + std::string(7, '\0') + "mask";
  const std::string longer_than_needed = std::string("\x81\xfe\x00\x05", 4) + "mask" + "12345";
  const std::vector<std::pair<std::string, std::uint16_t>> table{
      {unmasked, 1002},
      {client_frame(final_frame | 0x40 | 1, "x"), 1002}, // reserved bit
      {client_frame(final_frame | 3, "x"), 1002},        // reserved opcodes
      {client_frame(final_frame | 11, "x"), 1002},
      {client_frame(9, "x"), 1002}, // a control frame in fragments
      {ping(std::string(126, 'x')), 1002},
      {last("x"), 1002},                   // goes on with nothing
      {text_start("x") + text("y"), 1002}, // begins within another
      {longer_than_needed, 1002},
      {negative, 1002},
      {close("\x03"), 1002},
      {close("\x03\xed"), 1002}, // 1005 is never sent
      {close("\x0b\xb9\xff"), 1007},
      {text("\xff"), 1007},
      {text_start("a") + last("\xc3"), 1007},
      {text(std::string(message_max + 1, 'x')), 1009},
      {text_start(std::string(message_max, 'x')) + last("x"), 1009},
      {huge, 1009},
  };
  for (const auto& [bytes, failure] : table) {
    const decoded found = decode(bytes);
    EXPECT_EQ(found.failure, failure) << testing::PrintToString(bytes);
    EXPECT_EQ(decode(bytes + text("later")), found) << "nothing is read behind a broken frame";
  }
}

TEST(FrameDecoder, KeepsWhatCameBeforeTheMistake) {
  EXPECT_EQ(decode(text("a") + last("b") + text("c")), (decoded{{{opcode::text, "a"}}, 1002}));
}

TEST(FrameDecoder, ReadsTheSameHoweverTheBytesAreCut) {
  const std::string bytes =
      text("hello") + text_start("x") + ping("p") + more("y") + last(std::string(200, 'z')) + close("\x03\xe8");
  const decoded whole = decode(bytes);
  ASSERT_EQ(whole.messages.size(), 4u);
  for (std::size_t a = 0; a <= bytes.size(); ++a) {
    for (std::size_t b = a; b <= bytes.size(); ++b) {
      frame_decoder decoder(message_max);
      decoded out;
      feed(decoder, std::string_view(bytes).substr(0, a), out);
      feed(decoder, std::string_view(bytes).substr(a, b - a), out);
      feed(decoder, std::string_view(bytes).substr(b), out);
      ASSERT_EQ(out, whole) << a << ' ' << b;
    }
  }
}

/// What random frames mean is known while they are made; random bytes only must not break anything.
TEST(FrameDecoder, AgreesWithWhoeverMadeTheFrames) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  for (int round = 0; round < 2'000; ++round) {
    std::string bytes;
    decoded expected;
    for (std::size_t i = below(5); i > 0; --i) {
      std::string message;
      const std::size_t fragments = 1 + below(4);
      for (std::size_t k = 0; k < fragments; ++k) {
        const std::string part(below(message_max / 4), static_cast<char>('a' + below(26)));
        const auto first = static_cast<std::uint8_t>((k + 1 == fragments ? final_frame : 0) | (k == 0 ? 1 : 0));
        bytes += client_frame(first, part, static_cast<std::uint32_t>(random()));
        message += part;
        if (k + 1 < fragments && below(3) == 0) {
          bytes += ping("?");
          expected.messages.emplace_back(opcode::ping, "?");
        }
      }
      expected.messages.emplace_back(opcode::text, message);
    }
    frame_decoder decoder(message_max);
    decoded out;
    for (std::string_view rest = bytes; !rest.empty();) {
      const std::size_t count = std::min(rest.size(), 1 + below(300));
      feed(decoder, rest.substr(0, count), out);
      rest.remove_prefix(count);
    }
    ASSERT_EQ(out, expected);
  }
}

TEST(FrameDecoder, SurvivesRandomBytes) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 64, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    if (!bytes.empty() && round % 2 == 0) bytes[0] = static_cast<char>(0x80 | (random() % 3)); // gets further
    if (bytes.size() > 1 && round % 2 == 0) bytes[1] = static_cast<char>(0x80 | (random() % 20));
    const decoded found = decode(bytes);
    for (const auto& [kind, payload] : found.messages) ASSERT_LE(payload.size(), bytes.size());
  }
}

// ---- What the server sends

TEST(TextFrame, HasTheShortestHeader) {
  EXPECT_EQ(text_frame("{}"), "\x81\x02{}");
  EXPECT_EQ(text_frame(std::string(125, 'x')).substr(0, 3), "\x81\x7dx");
  EXPECT_EQ(text_frame(std::string(126, 'x')).substr(0, 5), std::string("\x81\x7e\x00\x7ex", 5));
  EXPECT_EQ(text_frame(std::string(65'535, 'x')).substr(0, 5), "\x81\x7e\xff\xffx");
  EXPECT_EQ(text_frame(std::string(65'536, 'x')).substr(0, 11),
            std::string("\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00x", 11));
}

TEST(BinaryFrame, IsATextFrameOfAnotherKind) {
  for (const std::size_t size : {0, 125, 126, 65'535, 65'536}) {
    std::string expected = text_frame(std::string(size, '\xff'));
    expected[0] = '\x82';
    EXPECT_EQ(binary_frame(std::string(size, '\xff')), expected) << size;
  }
}

TEST(TextFrame, IsTheSameWrittenInPlace) {
  for (const std::size_t size : {0, 1, 125, 126, 127, 65'535, 65'536, 70'000}) {
    const std::string payload(size, 'x');
    std::string out = "before";
    const std::size_t start = begin_text_frame(out);
    out += payload;
    end_text_frame(out, start);
    EXPECT_EQ(out, "before" + text_frame(payload)) << size;
  }
}

TEST(ControlFrame, CarriesCodeAndReason) {
  EXPECT_EQ(close_frame(3001, "shutdown"), "\x88\x0a\x0b\xb9shutdown");
  EXPECT_EQ(close_frame(0, "ignored"), std::string("\x88\x00", 2));
  EXPECT_EQ(control_frame(opcode::pong, "p"), "\x8a\x01p");
}

} // namespace
} // namespace palabre::http::realtime
