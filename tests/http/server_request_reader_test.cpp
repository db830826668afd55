#include "base/limits.hpp"
#include "http/server/request_reader.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace palabre::http {
namespace {

using progress = request_reader::progress;

void put(receive_buffer& in, std::string_view bytes) {
  std::memcpy(in.space(bytes.size()).data(), bytes.data(), bytes.size());
  in.filled(bytes.size());
}

/// A reader that has been given `bytes`, in pieces.
struct reading {
  explicit reading(std::string_view bytes, std::size_t piece = std::string_view::npos) {
    while (last == progress::more && !bytes.empty()) {
      put(in, bytes.substr(0, piece));
      bytes.remove_prefix(std::min(piece, bytes.size()));
      advance();
    }
  }
  void advance() {
    do last = reader.advance(in);
    while (last == progress::head);
  }
  request& got() { return reader.current(); }
  int refused_with() { return last == progress::refused ? reader.refusal().status : 0; }

  receive_buffer in;
  request_reader reader;
  progress last = progress::more;
};

std::string with_head(std::string_view headers) {
  return "POST / HTTP/1.1\r\nHost: h\r\n" + std::string(headers) + "\r\n";
}

TEST(RequestReader, UnderstandsARequest) {
  reading r(
      "PATCH /api/v1/rooms/a%2Fb?limit=1&q=a+b HTTP/1.1\r\nhost: here:80\r\nContent-Type: application/json\r\n"
      "Authorization: Bearer t\r\nIdempotency-Key: k\r\nIf-Match: \"1\"\r\nif-match: \"2\"\r\nIf-None-Match: \"3\"\r\n"
      "Palabre-Min-Position: p\r\nX-Request-ID: id-1\r\nUser-Agent: t\xc3\xa9st\r\nOrigin: http://here:80\r\n"
      "Content-Length: 2\r\n\r\n{}");
  ASSERT_EQ(r.last, progress::complete);
  const auto& c = r.got().wanted;
  EXPECT_EQ(c.method, verb::patch);
  EXPECT_EQ(c.path, "/api/v1/rooms/a%2Fb");
  EXPECT_EQ(c.query, (std::vector<std::pair<std::string, std::string>>{{"limit", "1"}, {"q", "a b"}}));
  EXPECT_EQ(c.body, "{}");
  EXPECT_EQ(c.content_type, "application/json");
  EXPECT_EQ(c.authorization, "Bearer t");
  EXPECT_EQ(c.idempotency_key, "k");
  EXPECT_EQ(c.if_match, "\"1\", \"2\"");
  EXPECT_EQ(c.if_none_match, "\"3\"");
  EXPECT_EQ(c.min_position, "p");
  EXPECT_EQ(c.request_id, "id-1");
  EXPECT_EQ(c.user_agent, "t??st");
  EXPECT_EQ(r.got().host, "here:80");
  EXPECT_EQ(r.got().origin, "http://here:80");
  EXPECT_TRUE(r.got().keep_alive);
  EXPECT_FALSE(r.got().upgrade);
}

TEST(RequestReader, ReadsTheSameInPiecesOfAnySize) {
  const auto bytes =
      with_head("Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\nA;x=\"y\"\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    reading r(bytes, piece);
    ASSERT_EQ(r.last, progress::complete) << piece;
    EXPECT_EQ(r.got().wanted.body, "abc0123456789") << piece;
    EXPECT_TRUE(r.in.unread().empty());
  }
}

TEST(RequestReader, ReadsAnEmptyChunkedBodyInPiecesOfAnySize) {
  for (std::size_t piece = 1; piece <= 5; ++piece) {
    reading r(with_head("Transfer-Encoding: chunked\r\n"));
    for (std::string_view rest = "0\r\n\r\n"; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size()))) {
      put(r.in, rest.substr(0, piece));
      r.advance();
    }
    EXPECT_EQ(r.last, progress::complete) << piece;
  }
}

TEST(RequestReader, LeavesTheNextRequestAlone) {
  reading r(with_head("Content-Length: 3\r\n") + "abc\r\nGET /second HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_EQ(r.last, progress::complete);
  EXPECT_EQ(r.got().wanted.body, "abc");
  r.reader.reset();
  r.advance();
  ASSERT_EQ(r.last, progress::complete);
  EXPECT_EQ(r.got().wanted.path, "/second");
  EXPECT_TRUE(r.got().wanted.body.empty());
}

TEST(RequestReader, KnowsWhenAConnectionIsKept) {
  EXPECT_TRUE(reading("GET / HTTP/1.1\r\nHost: h\r\n\r\n").got().keep_alive);
  EXPECT_FALSE(reading("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").got().keep_alive);
  EXPECT_FALSE(reading("GET / HTTP/1.1\r\nHost: h\r\nConnection: a, CLOSE\r\n\r\n").got().keep_alive);
  EXPECT_FALSE(reading("GET / HTTP/1.0\r\n\r\n").got().keep_alive);
  EXPECT_TRUE(reading("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").got().keep_alive);
}

TEST(RequestReader, TakesTheAuthorityOfAnAbsoluteTargetForTheHost) {
  EXPECT_EQ(reading("GET http://there/a HTTP/1.1\r\nHost: here\r\n\r\n").got().host, "there");
}

TEST(RequestReader, TellsTheMethods) {
  const auto kind = [](std::string_view name) {
    return reading(std::string(name) + " / HTTP/1.1\r\nHost: h\r\n\r\n").got().kind;
  };
  EXPECT_EQ(kind("HEAD"), method::head);
  EXPECT_EQ(kind("DELETE"), method::del);
  EXPECT_EQ(kind("OPTIONS"), method::options);
  EXPECT_EQ(kind("TRACE"), method::other);
  EXPECT_EQ(kind("get"), method::other);
  EXPECT_EQ(reading("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n").got().wanted.method, verb::get);
}

struct refused_case {
  const char* name;
  std::string bytes;
  int status = 400;
};

class RefusedRequest : public testing::TestWithParam<refused_case> {};

TEST_P(RefusedRequest, IsNotGuessedAt) {
  EXPECT_EQ(reading(GetParam().bytes).refused_with(), GetParam().status);
  EXPECT_EQ(reading(GetParam().bytes, 7).refused_with(), GetParam().status) << "in pieces";
}

const refused_case refused_cases[] = {
    {"LengthAndChunked", with_head("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")},
    {"ChunkedAndLength", with_head("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")},
    {"TwoLengths", with_head("Content-Length: 5\r\nContent-Length: 6\r\n")},
    {"TheSameLengthTwice", with_head("Content-Length: 5\r\nContent-Length: 5\r\n")},
    {"ListOfLengths", with_head("Content-Length: 5, 5\r\n")},
    {"NegativeLength", with_head("Content-Length: -1\r\n")},
    {"SignedLength", with_head("Content-Length: +1\r\n")},
    {"HexLength", with_head("Content-Length: 0x5\r\n")},
    {"EmptyLength", with_head("Content-Length: \r\n")},
    {"HugeLength", with_head("Content-Length: 18446744073709551616\r\n")},
    {"OtherCoding", with_head("Transfer-Encoding: gzip\r\n")},
    {"TwoCodings", with_head("Transfer-Encoding: gzip, chunked\r\n")},
    {"ChunkedTwice", with_head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
    {"ChunkedNotLast", with_head("Transfer-Encoding: chunked, identity\r\n")},
    {"AlmostChunked", with_head("Transfer-Encoding: xchunked\r\n")},
    {"ChunkedBehindControl", with_head("Transfer-Encoding: \x0b"
                                       "chunked\r\n")},
    {"ChunkedInHttp10", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"SpaceBeforeColon", with_head("Content-Length : 5\r\n")},
    {"FoldedLine", with_head("X-A: a\r\n b\r\n")},
    {"FoldedByTab", with_head("X-A: a\r\n\tb\r\n")},
    {"FoldedCoding", with_head("Transfer-Encoding:\r\n chunked\r\n")},
    {"BareLf", "GET / HTTP/1.1\nHost: h\n\n"},
    {"BareLfInValue", with_head("X-A: a\nX-B: b\r\n")},
    {"BareCrInValue", with_head("X-A: a\rb\r\n")},
    {"ZeroInValue", with_head(std::string("X-A: a\0b\r\n", 10))},
    {"NoName", with_head(": a\r\n")},
    {"NoColon", with_head("nonsense\r\n")},
    {"SpaceInName", with_head("X A: a\r\n")},
    {"NoHost", "GET / HTTP/1.1\r\n\r\n"},
    {"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
    {"TwoHostsInOne", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"},
    {"TwoAuthorizations", with_head("Authorization: a\r\nAuthorization: b\r\n")},
    {"TwoKeys", with_head("Idempotency-Key: a\r\nIdempotency-Key: a\r\n")},
    {"NoVersion", "GET /\r\nHost: h\r\n\r\n"},
    {"SpaceBehindVersion", "GET / HTTP/1.1 \r\nHost: h\r\n\r\n"},
    {"TwoSpaces", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"SpaceInTarget", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"Authority", "CONNECT here:80 HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"Asterisk", "GET * HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"BrokenEscape", "GET /a%2 HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"ZeroEscape", "GET /a%00 HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"EscapeInQuery", "GET /a?b=%xx HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"Tls", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15)},
    {"ChunkWithoutSize", with_head("Transfer-Encoding: chunked\r\n") + "\r\nabc\r\n0\r\n\r\n"},
    {"ChunkSizeInDecimalDots", with_head("Transfer-Encoding: chunked\r\n") + "3.0\r\nabc\r\n0\r\n\r\n"},
    {"ChunkSizeTooLarge", with_head("Transfer-Encoding: chunked\r\n") + "10000000000000000\r\nabc\r\n0\r\n\r\n"},
    {"ChunkLongerThanSaid", with_head("Transfer-Encoding: chunked\r\n") + "3\r\nabcd\r\n0\r\n\r\n"},
    {"ChunkEndsInLf", with_head("Transfer-Encoding: chunked\r\n") + "3\nabc\r\n0\r\n\r\n"},
    {"LengthInTrailer", with_head("Transfer-Encoding: chunked\r\n") + "0\r\nContent-Length: 5\r\n\r\n"},
    {"Version2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {"Version12", "GET / HTTP/1.2\r\nHost: h\r\n\r\n", 505},
    {"Expectation", with_head("Expect: miracles\r\n"), 417},
    {"LongTarget", "GET /" + std::string(limits::target_bytes_max, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
    {"EndlessTarget", "GET /" + std::string(limits::header_bytes_max, 'a'), 414},
    {"LongHeader", with_head("X-A: " + std::string(limits::header_bytes_max, 'a') + "\r\n"), 431},
    {"EndlessHeaders",
     [] {
       std::string head = "GET / HTTP/1.1\r\nHost: h\r\n";
       while (head.size() <= limits::header_bytes_max) head += "X-A: a\r\n";
       return head;
     }(),
     431},
    {"EndlessChunkExtension",
     with_head("Transfer-Encoding: chunked\r\n") + "1;a=" + std::string(limits::header_bytes_max + 1, 'a')},
    {"EndlessTrailer",
     with_head("Transfer-Encoding: chunked\r\n") + "0\r\nX-A: " + std::string(limits::header_bytes_max + 1, 'a')},
};

INSTANTIATE_TEST_SUITE_P(Forms, RefusedRequest, testing::ValuesIn(refused_cases),
                         [](const auto& of) { return std::string(of.param.name); });

TEST(RequestReader, TakesABodyOfTheLargestSize) {
  const std::string body(limits::body_bytes_max, 'a');
  reading r(with_head("Content-Length: " + std::to_string(body.size()) + "\r\n") + body);
  ASSERT_EQ(r.last, progress::complete);
  EXPECT_FALSE(r.got().wanted.body_too_large);
  EXPECT_EQ(r.got().wanted.body.size(), body.size());
}

TEST(RequestReader, DoesNotReadALargerBody) {
  reading r(with_head("Content-Length: " + std::to_string(limits::body_bytes_max + 1) + "\r\n"));
  ASSERT_EQ(r.last, progress::complete);
  EXPECT_TRUE(r.got().wanted.body_too_large);
  EXPECT_FALSE(r.got().keep_alive);
}

TEST(RequestReader, StopsReadingChunksThatAreTooLargeTogether) {
  std::string bytes = with_head("Transfer-Encoding: chunked\r\n");
  for (int i = 0; i < 5; ++i) bytes += "10000\r\n" + std::string(0x10000, 'a') + "\r\n";
  reading r(bytes, 10'000);
  ASSERT_EQ(r.last, progress::complete);
  EXPECT_TRUE(r.got().wanted.body_too_large);
  EXPECT_FALSE(r.got().keep_alive);
  EXPECT_TRUE(r.got().wanted.body.empty());
}

TEST(RequestReader, IgnoresTrailersThatLookLikeHeaders) {
  reading r(with_head("Transfer-Encoding: chunked\r\n") + "0\r\nAuthorization: Bearer t\r\nHost: other\r\n\r\n");
  ASSERT_EQ(r.last, progress::complete);
  EXPECT_EQ(r.got().wanted.authorization, "");
  EXPECT_EQ(r.got().host, "h");
}

TEST(RequestReader, CountsNeitherOfTwoRequestIds) {
  EXPECT_EQ(reading(with_head("X-Request-ID: a\r\nX-Request-ID: b\r\n")).got().wanted.request_id, "");
}

} // namespace
} // namespace palabre::http
