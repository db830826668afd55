#include "http_cases.hpp"

#include "base/limits.hpp"
#include "http_case_forms.hpp"

namespace palabre::http {
namespace {

using namespace forms;

// ---- The request line

case_list methods() {
  return {is("Get", get(""), 200),
          is("Unknown", request_with("BREW /echo HTTP/1.1"), 501),
          is("LowerCase", request_with("get /echo HTTP/1.1"), 501),
          is("MixedCase", request_with("Get /echo HTTP/1.1"), 501),
          is("Trace", request_with("TRACE /echo HTTP/1.1"), 501),
          is("Track", request_with("TRACK /echo HTTP/1.1"), 501),
          is("OddButToken", request_with("!#$%&'*+-.^_`|~ /echo HTTP/1.1"), 501),
          is("ConnectWithPath", request_with("CONNECT /echo HTTP/1.1"), 501),
          is("BodyOfUnknown", request_with("BREW /echo HTTP/1.1", "Content-Length: 3\r\n", "abc"), 501),
          is("PrefixOfKnown", request_with("GE /echo HTTP/1.1"), 501),
          is("KnownAndMore", request_with("GETS /echo HTTP/1.1"), 501),
          refused("None", request_with(" /echo HTTP/1.1")),
          refused("WithParenthesis", request_with("G(T /echo HTTP/1.1")),
          refused("WithColon", request_with("GET: /echo HTTP/1.1")),
          refused("WithZero", request_with(bytes("G\0T /echo HTTP/1.1"))),
          refused("WithOtherBytes", request_with("G\xc3\x89T /echo HTTP/1.1")),
          refused("TooLong", request_with(std::string(limits::header_bytes_max, 'A') + " /echo HTTP/1.1"), 414)};
}

case_list versions() {
  return {is("KeptHttp10", "GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200),
          {{}, "Http10", "GET /echo HTTP/1.0\r\n\r\n", {200}, closes},
          {{}, "Http10WithHost", "GET /echo HTTP/1.0\r\nHost: h\r\n\r\n", {200}, closes},
          refused("TwoHostsInHttp10", "GET /echo HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
          refused("None", "GET /echo\r\nHost: h\r\n\r\n"),
          refused("Http09", "GET /echo\r\n\r\n"),
          refused("Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
          refused("Http2", request_with("GET /echo HTTP/2.0"), 505),
          refused("Http3", request_with("GET /echo HTTP/3.0"), 505),
          refused("Http12", request_with("GET /echo HTTP/1.2"), 505),
          refused("Http2Short", request_with("GET /echo HTTP/2")),
          refused("LowerCase", request_with("GET /echo http/1.1")),
          refused("LeadingZero", request_with("GET /echo HTTP/01.1")),
          refused("TwoDigits", request_with("GET /echo HTTP/1.10")),
          refused("AnotherProtocol", request_with("GET /echo HTCPCP/1.0")),
          refused("SpaceBehind", request_with("GET /echo HTTP/1.1 ")),
          refused("TwoSpaces", request_with("GET  /echo HTTP/1.1")),
          refused("TwoSpacesBefore", request_with("GET /echo  HTTP/1.1")),
          refused("Tabs", request_with("GET\t/echo\tHTTP/1.1")),
          refused("SpaceInTarget", request_with("GET /echo /hidden HTTP/1.1")),
          refused("VersionTwice", request_with("GET /echo HTTP/1.1 HTTP/1.1"))};
}

case_list targets() {
  const auto at = [](std::string_view target) { return request_with("GET " + std::string(target) + " HTTP/1.1"); };
  case_list all = {is("Origin", at("/echo"), 200),
                   is("Query", at("/echo?a=b"), 200),
                   is("EmptyQuery", at("/echo?"), 200),
                   is("Absolute", at("http://h/echo"), 200),
                   is("AbsoluteOverTls", at("https://h/echo"), 200),
                   is("AbsoluteOfAnotherHost", at("http://other:81/echo"), 200),
                   is("AbsoluteInCapitals", at("HTTP://H/echo"), 200),
                   is("AbsoluteInBrackets", at("http://[::1]:80/echo"), 200),
                   is("AbsoluteWithoutPath", at("http://h"), 404),
                   is("AsteriskOfOptions", request_with("OPTIONS * HTTP/1.1"), 204),
                   refused("Asterisk", at("*")),
                   refused("AsteriskWithQuery", request_with("OPTIONS *?a HTTP/1.1")),
                   refused("AsteriskOfUnknown", request_with("BREW * HTTP/1.1")),
                   refused("Authority", at("h:80")),
                   refused("Connect", request_with("CONNECT h:80 HTTP/1.1")),
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

case_list hosts() {
  const auto of = [](std::string_view host) { return "GET /echo HTTP/1.1\r\nHost:" + std::string(host) + "\r\n\r\n"; };
  case_list all = {
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

case_list bodies_where_none_is_needed() {
  const std::string hidden = "GET /hidden HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string length = "Content-Length: " + std::to_string(hidden.size()) + "\r\n";
  return {is("Get", request_with("GET /echo HTTP/1.1", length, hidden), 200, "/hidden"),
          is("Delete", request_with("DELETE /echo HTTP/1.1", length, hidden), 200, "/hidden"),
          is("Options", request_with("OPTIONS /echo HTTP/1.1", length, hidden), 204),
          is("GetInChunks",
             request_with("GET /echo HTTP/1.1", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"), 200, "abc"),
          is("OfWhatIsNotThere", request_with("POST /none HTTP/1.1", length, hidden), 404),
          refused("GetTooLarge", request_with("GET /echo HTTP/1.1", "Content-Length: 99999999\r\n"), 413)};
}

case_list expectations() {
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

case_list connections() {
  const std::string more = get("X-Request-ID: second\r\n");
  const auto closing = [&](std::string name, std::string_view value) {
    return http_case{{}, std::move(name), get("Connection: " + std::string(value) + "\r\n") + more, {200}, closes};
  };
  const auto both = [&](std::string name, std::string first) {
    return http_case{{}, std::move(name), std::move(first) + more, {200, 200}};
  };
  std::string burst;
  for (int i = 0; i < 100; ++i) burst += get("");
  case_list all = {
      closing("Close", "close"),
      closing("CloseInCapitals", "CLOSE"),
      closing("CloseInAList", "x , close"),
      closing("CloseAndKeep", "keep-alive, close"),
      {{}, "CloseInASecondLine", get("Connection: x\r\nConnection: close\r\n") + more, {200}, closes},
      both("Keep", get("Connection: keep-alive\r\n")),
      both("SomethingElse", get("Connection: x, closed\r\n")),
      both("NamesAHeaderThatCounts", post("Connection: content-length\r\nContent-Length: 2\r\n", "ab")),
      both("EmptyLineBetween", get("") + "\r\n"),
      {{}, "Burst", burst, std::vector<int>(100, 200)},
      {{}, "BurstWithAnUnknown", get("") + request_with("BREW /echo HTTP/1.1") + get(""), {200, 501, 200}},
      {{}, "BurstWithABadOne", get("") + get("") + "nonsense\r\n\r\n" + get(""), {200, 200, 400}, closes},
      {{}, "BurstWithABadChunk", get("") + chunked("x\r\n") + get(""), {200, 400}, closes},
      {{}, "BurstWithTooLarge", get("") + post("Content-Length: 99999999\r\n") + get(""), {200, 413}, closes},
      {{}, "BodyThenBareLf", post("Content-Length: 2\r\n", "ab") + "\n" + get(""), {200, 400}, closes}};
  return all;
}

case_list upgrades() {
  const std::string key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
                    asks = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  const auto at_the_door = [](std::string_view headers) {
    return request_with("GET /connection/websocket HTTP/1.1", headers);
  };
  return {
      is("OfAnOperation", get(asks + key), 200),
      is("ToHttp2", get("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"), 200),
      is("ToTls", request_with("OPTIONS * HTTP/1.1", "Connection: Upgrade\r\nUpgrade: TLS/1.3\r\n"), 204),
      is("WithBody", post(asks + key + "Content-Length: 2\r\n", "ab"), 200, "ab"),
      is("WithoutConnection", at_the_door("Upgrade: websocket\r\n" + key), 426),
      is("WithoutUpgrade", at_the_door("Connection: Upgrade\r\n" + key), 426),
      is("ToSomethingElse", at_the_door("Connection: Upgrade\r\nUpgrade: h2c\r\n" + key), 426),
      is("OfAnotherVersion", at_the_door(asks + "Sec-WebSocket-Version: 8\r\n"), 426),
      is("WithoutKey", at_the_door(asks + "Sec-WebSocket-Version: 13\r\n"), 400),
      is("ByPost", request_with("POST /connection/websocket HTTP/1.1", asks + key), 405),
      is("FromAnotherOrigin", at_the_door(asks + key + "Origin: http://other\r\n"), 403),
      {{}, "InHttp10", "GET /connection/websocket HTTP/1.0\r\nHost: h\r\n" + asks + key + "\r\n", {426}, closes},
      refused("TwoKeys", at_the_door(asks + key + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")),
      refused("TwoVersions", at_the_door(asks + key + "Sec-WebSocket-Version: 8\r\n"))};
}

case_groups meaning_cases() {
  return {{"Methods", methods()},
          {"Versions", versions()},
          {"Targets", targets()},
          {"Hosts", hosts()},
          {"Bodies", bodies_where_none_is_needed()},
          {"Expectations", expectations()},
          {"Connections", connections()},
          {"Upgrades", upgrades()}};
}

} // namespace

std::vector<http_case> http_cases() {
  std::vector<http_case> all;
  for (auto groups : {framing_cases(), meaning_cases()})
    for (auto& [group, cases] : groups)
      for (http_case& each : cases) {
        each.group = group;
        all.push_back(std::move(each));
      }
  return all;
}

} // namespace palabre::http
