// Where a request ends, and its lines: what is read in two ways is how requests are smuggled.

#include "base/limits.hpp"
#include "http_case_forms.hpp"

namespace palabre::http {
namespace {

using namespace forms;

// ---- Bodies

case_list transfer_codings() {
  const std::string zero = "0\r\n\r\n", hidden = "0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: h\r\n\r\n";
  const auto coded = [&](std::string_view value) {
    return post("Transfer-Encoding:" + std::string(value) + "\r\n", hidden);
  };
  case_list all = {
      is("Chunked", chunked(zero), 200),
      is("InCapitals", post("TRANSFER-ENCODING: CHUNKED\r\n", zero), 200),
      is("WithoutSpace", post("Transfer-Encoding:chunked\r\n", zero), 200),
      is("BehindSpaces", post("Transfer-Encoding:  \t chunked \t\r\n", zero), 200),
      is("NamedWithUnderscore", post("Transfer_Encoding: chunked\r\nContent-Length: 2\r\n", "ab"), 200, "ab"),
      is("OnlyTe", post("TE: chunked, trailers\r\nContent-Length: 2\r\n", "ab"), 200, "ab"),
      refused("LengthThenChunked", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", hidden)),
      refused("ChunkedThenLength", post("Transfer-Encoding: chunked\r\nContent-Length: 50\r\n", hidden)),
      refused("ChunkedAndLengthZero", post("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", hidden)),
      refused("InHttp10", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + hidden),
      refused("SpaceBeforeColon", post("Transfer-Encoding : chunked\r\n", hidden)),
      refused("TabBeforeColon", post("Transfer-Encoding\t: chunked\r\n", hidden)),
      refused("Folded", post("Transfer-Encoding:\r\n chunked\r\n", hidden)),
      refused("FoldedName", post("X-A: b\r\n Transfer-Encoding: chunked\r\n", hidden)),
      refused("BehindBareLf", post("X-A: b\nTransfer-Encoding: chunked\r\n", hidden)),
      refused("BehindBareCr", post("X-A: b\rTransfer-Encoding: chunked\r\n", hidden)),
      refused("ZeroInName", post(bytes("Transfer-Encoding\0: chunked\r\n"), hidden)),
      refused("Twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", hidden)),
      refused("TwiceAndAnother", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", hidden)),
      refused("AnotherAndTwice", post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", hidden))};
  int number = 0;
  for (const std::string_view value : {" identity",
                                       " chunked, identity",
                                       " identity, chunked",
                                       " gzip, chunked",
                                       " chunked, chunked",
                                       " chunked,",
                                       " ,chunked",
                                       " xchunked",
                                       " chunkedx",
                                       " chunk",
                                       " \"chunked\"",
                                       " chunked;q=1",
                                       " chunked; a=b",
                                       " cow",
                                       " \x0b"
                                       "chunked",
                                       " \x0c"
                                       "chunked",
                                       " chunked\x0b",
                                       " chu nked",
                                       " c\xc4\xa7unked",
                                       "",
                                       " "})
    all.push_back(refused("Obscured" + std::to_string(++number), coded(value)));
  all.push_back(refused("ZeroInValue", coded(" chunked" + bytes("\0"))));
  return all;
}

case_list lengths() {
  const std::string hidden = "GET /hidden HTTP/1.1\r\nHost: h\r\n\r\n";
  const auto long_by = [&](std::string_view value) {
    return post("Content-Length:" + std::string(value) + "\r\n", "abcde");
  };
  case_list all = {
      is("One", long_by(" 5"), 200, "abcde"),
      is("Zero", post("Content-Length: 0\r\n"), 200),
      is("LeadingZeros", long_by(" 0005"), 200, "abcde"),
      is("SpacesAround", long_by("\t 5 \t"), 200, "abcde"),
      is("None", post(""), 200),
      refused("TwiceTheSame", post("Content-Length: 5\r\nContent-Length: 5\r\n", "abcde")),
      refused("TwoDifferent", post("Content-Length: 5\r\nContent-Length: 0\r\n", hidden)),
      refused("ZeroThenOther", post("Content-Length: 0\r\nContent-Length: 44\r\n", hidden)),
      refused("SpaceBeforeColon", post("Content-Length : 5\r\n", "abcde")),
      refused("Folded", post("Content-Length:\r\n 5\r\n", "abcde")),
      refused("ZeroByte", post(bytes("Content-Length: 5\0\r\n"), "abcde")),
      refused("TooLarge", post("Content-Length: 9999999999\r\n"), 413),
      refused("OneTooLarge", post("Content-Length: " + std::to_string(limits::body_bytes_max + 1) + "\r\n"), 413),
      refused("LargestOfAll", post("Content-Length: 18446744073709551615\r\n"), 413)};
  int number = 0;
  for (const std::string_view value : {" 5, 5",
                                       " 5,5",
                                       " 5, 6",
                                       " 5 5",
                                       " 5;",
                                       " 5,",
                                       " +5",
                                       " -5",
                                       " -0",
                                       " 0x5",
                                       " 5.0",
                                       " 5e0",
                                       " 5a",
                                       " a",
                                       " 0b1",
                                       " 1_0",
                                       " \"5\"",
                                       " \xef\xbc\x95",
                                       "",
                                       " ",
                                       " 18446744073709551616",
                                       " 18446744073709551621",
                                       " 99999999999999999999999999999999"})
    all.push_back(refused("Misread" + std::to_string(++number), long_by(value)));
  return all;
}

case_list chunks() {
  const std::string hidden = "0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: h\r\n\r\n";
  case_list all = {is("Two", chunked("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), 200, "abcde"),
                   is("LinesInData", chunked("5\r\na\r\n b\r\n0\r\n\r\n"), 200),
                   is("TheEndInData", chunked("7\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n"), 200),
                   is("CapitalHex", chunked("A\r\n0123456789\r\n0\r\n\r\n"), 200, "0123456789"),
                   is("LeadingZeros", chunked("003\r\nabc\r\n000\r\n\r\n"), 200, "abc"),
                   is("Extension", chunked("3;a\r\nabc\r\n0;b=c\r\n\r\n"), 200, "abc"),
                   is("QuotedExtension", chunked("3;a=\"b;c\"\r\nabc\r\n0\r\n\r\n"), 200, "abc"),
                   is("Trailer", chunked("3\r\nabc\r\n0\r\nX-A: b\r\n\r\n"), 200, "abc"),
                   is("TrailersThatCountNowhere",
                      chunked("3\r\nabc\r\n0\r\nHost: other\r\nAuthorization: b\r\nX-Request-ID: behind\r\n\r\n"), 200,
                      "abc"),
                   refused("LengthInTrailer", chunked("0\r\nContent-Length: 5\r\n\r\n")),
                   refused("CodingInTrailer", chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n")),
                   refused("SpaceInTrailerName", chunked("0\r\nX A: b\r\n\r\n")),
                   refused("FoldedTrailer", chunked("0\r\nX-A: b\r\n c\r\n\r\n")),
                   refused("TrailerFoldedByTab", chunked("0\r\nX-A: b\r\n\tc\r\n\r\n")),
                   refused("BareLfInTrailer", chunked("0\r\nX-A: b\nX-B: c\r\n\r\n")),
                   refused("BareCrInTrailer", chunked("0\r\nX-A: b\rc\r\n\r\n")),
                   refused("LargeTrailer", chunked("0\r\nX-A: " + std::string(limits::header_bytes_max + 1, 'a'))),
                   refused("ManyTrailers", chunked("0\r\n" +
                                                   [] {
                                                     std::string trailers;
                                                     while (trailers.size() <= limits::header_bytes_max)
                                                       trailers += "X-A: b\r\n";
                                                     return trailers;
                                                   }())),
                   refused("LargeWholeExtension",
                           chunked("1;a=" + std::string(limits::header_bytes_max + 1, 'a') + "\r\nx\r\n0\r\n\r\n")),
                   refused("LargeExtension", chunked("1;a=" + std::string(limits::header_bytes_max + 1, 'a'))),
                   refused("LineFeedInExtension", chunked("2;\nab\r\n" + hidden)),
                   refused("LineFeedBehindExtension", chunked("2;a\nab\r\n" + hidden)),
                   refused("ReturnInExtension", chunked("2;a\rb\r\nab\r\n" + hidden)),
                   refused("ZeroInExtension", chunked(bytes("2;a\0b\r\nab\r\n") + hidden)),
                   refused("LineFeedOnly", chunked("3\nabc\n0\n\n\r\n\r\n")),
                   refused("LineFeedBehindData", chunked("3\r\nabc\n0\r\n\r\n")),
                   refused("LineFeedBehindLast", chunked("0\n\r\n\r\n")),
                   refused("ReturnOnlyBehindSize", chunked("3\rabc\r\n0\r\n\r\n")),
                   refused("DataLongerThanSaid", chunked("3\r\nabcd\r\n0\r\n\r\n")),
                   refused("DataShorterThanSaid", chunked("4\r\nabc\r\n0\r\n\r\n")),
                   refused("TooLargeForMemory", chunked("7fffffffffffffff\r\nab"), 413),
                   refused("TooLargeTogether", chunked("2\r\nab\r\n" + std::string("40000\r\n")), 413)};
  int number = 0;
  for (const std::string_view size : {"", " 3", "\t3", "3 ", "3\t", "0x3", "+3", "-3", "3.0", "3g", "g", "\"3\"", "3,3",
                                      "10000000000000000", "100000000000000003", "ffffffffffffffffff", "3\x0b"})
    all.push_back(refused("Size" + std::to_string(++number), chunked(std::string(size) + "\r\nabc\r\n" + hidden)));
  return all;
}

// ---- Lines

case_list lines() {
  return {is("EmptyLinesBefore", "\r\n\r\n" + get(""), 200),
          refused("LineFeedBefore", "\n" + get("")),
          refused("ReturnBefore", "\r" + get("")),
          refused("SpaceBefore", " " + get("")),
          refused("ZeroBefore", bytes("\0") + get("")),
          refused("LineFeedsOnly", "GET /echo HTTP/1.1\nHost: h\n\n"),
          refused("LineFeedBehindRequestLine", "GET /echo HTTP/1.1\nHost: h\r\n\r\n"),
          refused("LineFeedBehindHeader", get("X-A: b\nX-B: c\r\n")),
          refused("LineFeedAtTheEnd", "GET /echo HTTP/1.1\r\nHost: h\r\n\n\r\n\r\n"),
          refused("ReturnBehindRequestLine", "GET /echo HTTP/1.1\rHost: h\r\n\r\n"),
          refused("ReturnInValue", get("X-A: b\rc\r\n")),
          refused("ReturnTwice", get("X-A: b\r\r\n")),
          refused("ReturnAsHeader", get("\rX-A: b\r\n")),
          refused("FoldedBySpace", get("X-A: b\r\n c\r\n")),
          refused("FoldedByTab", get("X-A: b\r\n\tc\r\n")),
          refused("FoldedToNothing", get("X-A: b\r\n \r\n")),
          refused("SpaceBeforeFirstHeader", "GET /echo HTTP/1.1\r\n Host: h\r\n\r\n")};
}

case_list headers() {
  const auto many = [] {
    std::string all;
    for (int i = 0; i < 500; ++i) all += "X-" + std::to_string(i) + ": b\r\n";
    return all;
  }();
  return {is("Empty", get("X-A:\r\nX-B: \r\n"), 200),
          is("OtherBytesInValue", get("X-A: \xc3\xa9\xff\r\n"), 200),
          is("TabInValue", get("X-A: b\tc\r\n"), 200),
          is("OddButTokens", get("!#$%&'*+-.^_`|~09aZ: b\r\n"), 200),
          is("FiveHundred", get(many), 200),
          refused("TooMany", get(many + many + many + many), 431),
          refused("TooLong", get("X-A: " + std::string(limits::header_bytes_max, 'a') + "\r\n"), 431),
          refused("NameTooLong", get(std::string(limits::header_bytes_max, 'a') + ": b\r\n"), 431),
          refused("SpaceBeforeColon", get("X-A : b\r\n")),
          refused("TabBeforeColon", get("X-A\t: b\r\n")),
          refused("SpaceInName", get("X A: b\r\n")),
          refused("NoName", get(": b\r\n")),
          refused("NoColon", get("X-A b\r\n")),
          refused("ZeroInName", get(bytes("X-\0A: b\r\n"))),
          refused("ZeroInValue", get(bytes("X-A: b\0c\r\n"))),
          refused("BellInValue", get("X-A: b\ac\r\n")),
          refused("EscapeInValue", get("X-A: b\x1b[31m\r\n")),
          refused("DeleteInValue", get("X-A: b\x7f\r\n")),
          refused("OtherBytesInName", get("X-\xc3\xa9: b\r\n")),
          refused("SlashInName", get("X/A: b\r\n")),
          refused("BracketInName", get("X[A]: b\r\n")),
          refused("QuoteInName", get("\"X\": b\r\n")),
          refused("TwoAuthorizations", get("Authorization: a\r\nAuthorization: b\r\n")),
          refused("TwoTypes", get("Content-Type: a/b\r\nContent-Type: c/d\r\n")),
          refused("TwoIdempotencyKeys", get("Idempotency-Key: a\r\nIdempotency-Key: b\r\n")),
          refused("TwoOrigins", get("Origin: http://h\r\nOrigin: http://other\r\n"))};
}

} // namespace

case_groups framing_cases() {
  return {{"Codings", transfer_codings()},
          {"Lengths", lengths()},
          {"Chunks", chunks()},
          {"Lines", lines()},
          {"Headers", headers()}};
}

} // namespace palabre::http
