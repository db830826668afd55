#include "http_cases.hpp"

#include "base/limits.hpp"

#include <initializer_list>
#include <string_view>

namespace palabre::http {
namespace {

constexpr auto stays = http_case::end::stays;
constexpr auto closes = http_case::end::closes;
using list = std::vector<http_case>;

/// Text that may hold zero bytes.
template <std::size_t N>
std::string bytes(const char (&text)[N]) {
  return {text, N - 1};
}

std::string request(std::string_view line, std::string_view headers = {}, std::string_view body = {}) {
  std::string all(line);
  return all.append("\r\nHost: h\r\n").append(headers).append("\r\n").append(body);
}
std::string get(std::string_view headers) {
  return request("GET /echo HTTP/1.1", headers);
}
std::string post(std::string_view headers, std::string_view body = {}) {
  return request("POST /echo HTTP/1.1", headers, body);
}
std::string chunked(std::string_view body) {
  return post("Transfer-Encoding: chunked\r\n", body);
}
http_case is(std::string name, std::string sent, int status, std::string says = {}) {
  return {{}, std::move(name), std::move(sent), {status}, stays, std::move(says)};
}
http_case refused(std::string name, std::string sent, int status = 400) {
  return {{}, std::move(name), std::move(sent), {status}, closes};
}

// ---- Where a body ends: what is read in two ways is how requests are smuggled

list transfer_codings() {
  const std::string zero = "0\r\n\r\n", hidden = "0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: h\r\n\r\n";
  const auto coded = [&](std::string_view value) {
    return post("Transfer-Encoding:" + std::string(value) + "\r\n", hidden);
  };
  list all = {
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

list lengths() {
  const std::string hidden = "GET /hidden HTTP/1.1\r\nHost: h\r\n\r\n";
  const auto long_by = [&](std::string_view value) {
    return post("Content-Length:" + std::string(value) + "\r\n", "abcde");
  };
  list all = {
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

list chunks() {
  const std::string hidden = "0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: h\r\n\r\n";
  list all = {is("Two", chunked("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), 200, "abcde"),
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

list lines() {
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

list headers() {
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
          refused("TooMany", get(many + many + many), 431),
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

// ---- The request line

list methods() {
  return {is("Get", get(""), 200),
          is("Unknown", request("BREW /echo HTTP/1.1"), 501),
          is("LowerCase", request("get /echo HTTP/1.1"), 501),
          is("MixedCase", request("Get /echo HTTP/1.1"), 501),
          is("Trace", request("TRACE /echo HTTP/1.1"), 501),
          is("Track", request("TRACK /echo HTTP/1.1"), 501),
          is("OddButToken", request("!#$%&'*+-.^_`|~ /echo HTTP/1.1"), 501),
          is("ConnectWithPath", request("CONNECT /echo HTTP/1.1"), 501),
          is("BodyOfUnknown", request("BREW /echo HTTP/1.1", "Content-Length: 3\r\n", "abc"), 501),
          is("PrefixOfKnown", request("GE /echo HTTP/1.1"), 501),
          is("KnownAndMore", request("GETS /echo HTTP/1.1"), 501),
          refused("None", request(" /echo HTTP/1.1")),
          refused("WithParenthesis", request("G(T /echo HTTP/1.1")),
          refused("WithColon", request("GET: /echo HTTP/1.1")),
          refused("WithZero", request(bytes("G\0T /echo HTTP/1.1"))),
          refused("WithOtherBytes", request("G\xc3\x89T /echo HTTP/1.1")),
          refused("TooLong", request(std::string(limits::header_bytes_max, 'A') + " /echo HTTP/1.1"), 414)};
}

list versions() {
  return {is("KeptHttp10", "GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200),
          {{}, "Http10", "GET /echo HTTP/1.0\r\n\r\n", {200}, closes},
          {{}, "Http10WithHost", "GET /echo HTTP/1.0\r\nHost: h\r\n\r\n", {200}, closes},
          refused("TwoHostsInHttp10", "GET /echo HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
          refused("None", "GET /echo\r\nHost: h\r\n\r\n"),
          refused("Http09", "GET /echo\r\n\r\n"),
          refused("Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
          refused("Http2", request("GET /echo HTTP/2.0"), 505),
          refused("Http3", request("GET /echo HTTP/3.0"), 505),
          refused("Http12", request("GET /echo HTTP/1.2"), 505),
          refused("Http2Short", request("GET /echo HTTP/2")),
          refused("LowerCase", request("GET /echo http/1.1")),
          refused("LeadingZero", request("GET /echo HTTP/01.1")),
          refused("TwoDigits", request("GET /echo HTTP/1.10")),
          refused("AnotherProtocol", request("GET /echo HTCPCP/1.0")),
          refused("SpaceBehind", request("GET /echo HTTP/1.1 ")),
          refused("TwoSpaces", request("GET  /echo HTTP/1.1")),
          refused("TwoSpacesBefore", request("GET /echo  HTTP/1.1")),
          refused("Tabs", request("GET\t/echo\tHTTP/1.1")),
          refused("SpaceInTarget", request("GET /echo /hidden HTTP/1.1")),
          refused("VersionTwice", request("GET /echo HTTP/1.1 HTTP/1.1"))};
}

list targets() {
  const auto at = [](std::string_view target) { return request("GET " + std::string(target) + " HTTP/1.1"); };
  list all = {is("Origin", at("/echo"), 200),
              is("Query", at("/echo?a=b"), 200),
              is("EmptyQuery", at("/echo?"), 200),
              is("Absolute", at("http://h/echo"), 200),
              is("AbsoluteOverTls", at("https://h/echo"), 200),
              is("AbsoluteOfAnotherHost", at("http://other:81/echo"), 200),
              is("AbsoluteInCapitals", at("HTTP://H/echo"), 200),
              is("AbsoluteInBrackets", at("http://[::1]:80/echo"), 200),
              is("AbsoluteWithoutPath", at("http://h"), 404),
              is("AsteriskOfOptions", request("OPTIONS * HTTP/1.1"), 204),
              refused("Asterisk", at("*")),
              refused("AsteriskWithQuery", request("OPTIONS *?a HTTP/1.1")),
              refused("AsteriskOfUnknown", request("BREW * HTTP/1.1")),
              refused("Authority", at("h:80")),
              refused("Connect", request("CONNECT h:80 HTTP/1.1")),
              refused("AbsoluteWithoutHost", at("http:///echo")),
              refused("AbsoluteWithUser", at("http://h@other/echo")),
              refused("AbsoluteWithBackslash", at("http://h\\@other/echo")),
              refused("AbsoluteWithLongPort", at("http://h:999999/echo")),
              refused("AbsoluteWithWordForPort", at("http://h:x/echo")),
              refused("AnotherScheme", at("ftp://h/echo")),
              refused("FileScheme", at("file:///etc/passwd")),
              refused("Fragment", at("/echo#a")),
              refused("AbsoluteFragment", at("http://h/echo#a")),
              refused("WithoutSlash", at("echo")),
              refused("OnlyQuery", at("?a=b")),
              refused("OtherBytes", at("/\xc3\xa9")),
              refused("OtherBytesInQuery", at("/echo?a=\xff")),
              refused("Zero", at(bytes("/echo\0"))),
              refused("Delete", at("/echo\x7f")),
              refused("TooLong", at("/" + std::string(limits::target_bytes_max, 'a')), 414),
              refused("QueryTooLong", at("/echo?" + std::string(limits::target_bytes_max, 'a')), 414),
              refused("WithoutEnd", "GET /" + std::string(limits::header_bytes_max, 'a'), 414)};
  // A path is never made another one: not by dots, not by escapes, not by slashes.
  for (const std::string_view path :
       {"/./echo",  "/a/../echo",          "/../echo",       "//echo",         "/echo/",
        "/echo//",  "/echo;a=b",           "/echo.",         "/ECHO",          "/%65cho%2f",
        "/echo%2F", "/%2e/echo",           "/a/%2e%2e/echo", "/%2e%2e%2fecho", "/%252e%252e/echo",
        "/echo%20", "/echo%0d%0aX-A:%20b", "/\\echo",        "/echo%3fa=b",    "/echo%23a"})
    all.push_back(is("Untouched" + std::to_string(all.size()), at(path), 404));
  for (const std::string_view broken :
       {"/echo%",         "/echo%2",     "/echo%zz",          "/echo%%",        "/echo%00",
        "/%00echo",       "/echo%c0%af", "/echo%c0%80",       "/echo%e0%80%af", "/echo%f0%80%80%af",
        "/echo%ed%a0%80", "/echo%ff",    "/echo%f4%90%80%80", "/echo%c3",       "/echo%u0041",
        "/echo?a=%",      "/echo?a=%zz", "/echo?a=%00",       "/echo?a=%c0%af", "/echo?%ff=b"})
    all.push_back(refused("Undecodable" + std::to_string(all.size()), at(broken)));
  return all;
}

list hosts() {
  const auto of = [](std::string_view host) { return "GET /echo HTTP/1.1\r\nHost:" + std::string(host) + "\r\n\r\n"; };
  list all = {
      is("Name", of(" chat.example"), 200),
      is("Port", of(" chat.example:8080"), 200),
      is("EmptyPort", of(" chat.example:"), 200),
      is("Ipv4", of(" 127.0.0.1:80"), 200),
      is("Ipv6", of(" [::1]:80"), 200),
      is("Underscore", of(" a_b"), 200),
      is("Empty", of(""), 200), // allowed where the target's own host is unknown; it is the own origin of nobody
      refused("None", "GET /echo HTTP/1.1\r\n\r\n"),
      refused("NoneForAbsolute", "GET http://h/echo HTTP/1.1\r\n\r\n"),
      refused("Two", "GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
      refused("TheSameTwice", "GET /echo HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
      refused("TwoForAbsolute", "GET http://h/echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
      refused("BrokenForAbsolute", "GET http://h/echo HTTP/1.1\r\nHost: a/b\r\n\r\n")};
  int number = 0;
  for (const std::string_view host :
       {" a b",      " a,b",  " a, b",    " a/b",   " a?b",       " a#b", " u@a",  " a\\b",
        " http://a", " a:b",  " a:80:80", " a:8 0", " a:123456",  " ::1", " [::1", " ::1]",
        " [::1]a",   " a\tb", " <a>",     " \"a\"", " a\xc3\xa9", " a^b", " {a}",  " a|b"})
    all.push_back(refused("Implausible" + std::to_string(++number), of(host)));
  return all;
}

// ---- What goes with a request

list bodies_where_none_is_needed() {
  const std::string hidden = "GET /hidden HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string length = "Content-Length: " + std::to_string(hidden.size()) + "\r\n";
  return {is("Get", request("GET /echo HTTP/1.1", length, hidden), 200, "/hidden"),
          is("Delete", request("DELETE /echo HTTP/1.1", length, hidden), 200, "/hidden"),
          is("Options", request("OPTIONS /echo HTTP/1.1", length, hidden), 204),
          is("GetInChunks", request("GET /echo HTTP/1.1", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"),
             200, "abc"),
          is("OfWhatIsNotThere", request("POST /none HTTP/1.1", length, hidden), 404),
          refused("GetTooLarge", request("GET /echo HTTP/1.1", "Content-Length: 99999999\r\n"), 413)};
}

list expectations() {
  const std::string expects = "Expect: 100-continue\r\n";
  return {
      is("WithItsBody", post("Content-Length: 2\r\n" + expects, "ab"), 200, "ab"),
      is("WithoutBody", get(expects), 200),
      is("WithEmptyBody", post("Content-Length: 0\r\n" + expects), 200),
      is("InCapitals", post("Content-Length: 2\r\nEXPECT: 100-Continue\r\n", "ab"), 200, "ab"),
      is("Twice", post("Content-Length: 2\r\n" + expects + expects, "ab"), 200, "ab"),
      {{}, "InHttp10", "POST /echo HTTP/1.0\r\nExpect: wonders\r\nContent-Length: 2\r\n\r\nab", {200}, closes, "ab"},
      refused("TooLarge", post("Content-Length: 99999999\r\n" + expects), 413),
      refused("Unknown", post("Content-Length: 2\r\nExpect: wonders\r\n", "ab"), 417),
      refused("KnownAndUnknown", post("Content-Length: 2\r\nExpect: 100-continue, wonders\r\n", "ab"), 417),
      refused("UnknownWithoutBody", get("Expect: wonders\r\n"), 417)};
}

list connections() {
  const std::string more = get("X-Request-ID: second\r\n");
  const auto closing = [&](std::string name, std::string_view value) {
    return http_case{{}, std::move(name), get("Connection: " + std::string(value) + "\r\n") + more, {200}, closes};
  };
  const auto both = [&](std::string name, std::string first) {
    return http_case{{}, std::move(name), std::move(first) + more, {200, 200}};
  };
  std::string burst;
  for (int i = 0; i < 100; ++i) burst += get("");
  list all = {closing("Close", "close"),
              closing("CloseInCapitals", "CLOSE"),
              closing("CloseInAList", "x , close"),
              closing("CloseAndKeep", "keep-alive, close"),
              {{}, "CloseInASecondLine", get("Connection: x\r\nConnection: close\r\n") + more, {200}, closes},
              both("Keep", get("Connection: keep-alive\r\n")),
              both("SomethingElse", get("Connection: x, closed\r\n")),
              both("NamesAHeaderThatCounts", post("Connection: content-length\r\nContent-Length: 2\r\n", "ab")),
              both("EmptyLineBetween", get("") + "\r\n"),
              {{}, "Burst", burst, std::vector<int>(100, 200)},
              {{}, "BurstWithAnUnknown", get("") + request("BREW /echo HTTP/1.1") + get(""), {200, 501, 200}},
              {{}, "BurstWithABadOne", get("") + get("") + "nonsense\r\n\r\n" + get(""), {200, 200, 400}, closes},
              {{}, "BurstWithABadChunk", get("") + chunked("x\r\n") + get(""), {200, 400}, closes},
              {{}, "BurstWithTooLarge", get("") + post("Content-Length: 99999999\r\n") + get(""), {200, 413}, closes},
              {{}, "BodyThenBareLf", post("Content-Length: 2\r\n", "ab") + "\n" + get(""), {200, 400}, closes}};
  return all;
}

list upgrades() {
  const std::string key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
                    asks = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  const auto at_the_door = [](std::string_view headers) {
    return request("GET /connection/websocket HTTP/1.1", headers);
  };
  return {
      is("OfAnOperation", get(asks + key), 200),
      is("ToHttp2", get("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"), 200),
      is("ToTls", request("OPTIONS * HTTP/1.1", "Connection: Upgrade\r\nUpgrade: TLS/1.3\r\n"), 204),
      is("WithBody", post(asks + key + "Content-Length: 2\r\n", "ab"), 200, "ab"),
      is("WithoutConnection", at_the_door("Upgrade: websocket\r\n" + key), 426),
      is("WithoutUpgrade", at_the_door("Connection: Upgrade\r\n" + key), 426),
      is("ToSomethingElse", at_the_door("Connection: Upgrade\r\nUpgrade: h2c\r\n" + key), 426),
      is("OfAnotherVersion", at_the_door(asks + "Sec-WebSocket-Version: 8\r\n"), 426),
      is("WithoutKey", at_the_door(asks + "Sec-WebSocket-Version: 13\r\n"), 400),
      is("ByPost", request("POST /connection/websocket HTTP/1.1", asks + key), 405),
      is("FromAnotherOrigin", at_the_door(asks + key + "Origin: http://other\r\n"), 403),
      {{}, "InHttp10", "GET /connection/websocket HTTP/1.0\r\nHost: h\r\n" + asks + key + "\r\n", {426}, closes},
      refused("TwoKeys", at_the_door(asks + key + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")),
      refused("TwoVersions", at_the_door(asks + key + "Sec-WebSocket-Version: 8\r\n"))};
}

} // namespace

std::vector<http_case> http_cases() {
  list all;
  const auto add = [&all](std::string_view group, list cases) {
    for (http_case& each : cases) {
      each.group = group;
      all.push_back(std::move(each));
    }
  };
  add("Codings", transfer_codings());
  add("Lengths", lengths());
  add("Chunks", chunks());
  add("Lines", lines());
  add("Headers", headers());
  add("Methods", methods());
  add("Versions", versions());
  add("Targets", targets());
  add("Hosts", hosts());
  add("Bodies", bodies_where_none_is_needed());
  add("Expectations", expectations());
  add("Connections", connections());
  add("Upgrades", upgrades());
  return all;
}

} // namespace palabre::http
