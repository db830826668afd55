#include "base/limits.hpp"
#include "server_loopback.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace palabre::http {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

std::string get(std::string_view path, std::string_view headers = "") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" + std::string(headers) + "\r\n";
}

std::string post(std::string_view body, std::string_view headers = "") {
  return "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(headers) + "\r\n" + std::string(body);
}

TEST(HttpConnection, AnswersOneRequestAfterAnother) {
  loopback served;
  byte_client client(served.port());
  for (int i = 0; i < 3; ++i) {
    client.send(post(std::to_string(i)));
    const auto answer = client.answer();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answer, testing::EndsWith("{\"POST\":\"" + std::to_string(i) + "\"}"));
  }
}

TEST(HttpConnection, AnswersPipelinedRequestsInOrder) {
  loopback served;
  byte_client client(served.port());
  client.send(post("one") + get("/none") + post("two") + "\r\n" + get("/echo"));
  EXPECT_THAT(client.answer(), HasSubstr("one"));
  EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(client.answer(), HasSubstr("two"));
  EXPECT_THAT(client.answer(), HasSubstr("GET"));
}

TEST(HttpConnection, AnswersARequestThatComesByteByByte) {
  loopback served;
  byte_client client(served.port());
  for (const char c : post("slowly")) client.send({&c, 1});
  EXPECT_THAT(client.answer(), HasSubstr("slowly"));
}

TEST(HttpConnection, AnswersAfterTheClientHasEndedSending) {
  loopback served;
  byte_client client(served.port());
  client.send(post("last words"));
  client.end_sending();
  EXPECT_THAT(client.rest(), HasSubstr("last words"));
  EXPECT_FALSE(client.was_reset());
}

TEST(HttpConnection, SaysNothingToHalfARequest) {
  loopback served;
  byte_client client(served.port());
  client.send("GET /echo HTTP/1.1\r\n");
  client.end_sending();
  EXPECT_THAT(client.rest(), IsEmpty());
}

TEST(HttpConnection, ClosesWhenAskedTo) {
  loopback served;
  byte_client client(served.port());
  client.send(get("/echo", "Connection: close\r\n") + get("/echo"));
  const auto answer = client.rest();
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_EQ(answer.find("HTTP/1.1", 1), answer.npos) << "answered the second too";
  EXPECT_FALSE(client.was_reset());
}

TEST(HttpConnection, ClosesAfterHttp10UnlessAskedNotTo) {
  loopback served;
  byte_client closing(served.port());
  closing.send("GET /echo HTTP/1.0\r\n\r\n");
  EXPECT_THAT(closing.rest(), HasSubstr("Connection: close\r\n"));
  byte_client keeping(served.port());
  for (int i = 0; i < 2; ++i) {
    keeping.send("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_THAT(keeping.answer(), HasSubstr("Connection: keep-alive\r\n"));
  }
}

TEST(HttpConnection, AnswersHeadLikeGetWithoutTheBody) {
  loopback served;
  byte_client client(served.port());
  client.send("HEAD /echo HTTP/1.1\r\nHost: h\r\n\r\n" + get("/echo"));
  EXPECT_THAT(client.answer(true), HasSubstr("Content-Length: 10\r\n"));
  EXPECT_THAT(client.answer(), testing::EndsWith("{\"GET\":\"\"}"));
}

TEST(HttpConnection, TellsTheMethodsToOptions) {
  loopback served;
  byte_client client(served.port());
  client.send("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\nOPTIONS /echo HTTP/1.1\r\nHost: h\r\n\r\n");
  for (int i = 0; i < 2; ++i) {
    const auto answer = client.answer();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 204"));
    EXPECT_THAT(answer, HasSubstr("Allow: GET, HEAD, POST"));
  }
}

TEST(HttpConnection, KnowsNoOtherMethods) {
  loopback served;
  byte_client client(served.port());
  client.send("BREW /echo HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 501"));
}

TEST(HttpConnection, EchoesASaneRequestIdAndMakesOneOtherwise) {
  loopback served;
  byte_client client(served.port());
  client.send(get("/echo", "X-Request-ID: mine\r\n") + get("/echo", "X-Request-ID: not mine\r\n"));
  EXPECT_THAT(client.answer(), HasSubstr("X-Request-ID: mine\r\n"));
  EXPECT_THAT(client.answer(), Not(HasSubstr("not mine")));
}

TEST(HttpConnection, SaysContinueBeforeABodyThatWaitsForIt) {
  loopback served;
  byte_client client(served.port());
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n");
  EXPECT_EQ(client.answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hi");
  EXPECT_THAT(client.answer(), HasSubstr("hi"));
  client.send(post("at once", "Expect: 100-continue\r\n"));
  EXPECT_THAT(client.answer(), HasSubstr("at once"));
}

TEST(HttpConnection, DoesNotAskForABodyThatIsTooLarge) {
  loopback served;
  byte_client client(served.port());
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 413"));
}

TEST(HttpConnection, LetsItsAnswerBeReadByWhoSendsTooMuch) {
  loopback served;
  byte_client client(served.port());
  client.send(post(std::string(limits::body_bytes_max + 400'000, 'a')));
  client.end_sending();
  const auto answer = client.rest();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_FALSE(client.was_reset());
}

TEST(HttpConnection, RefusesWithAProblemAndCloses) {
  loopback served;
  for (const std::string request :
       {"GET / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "nonsense\r\n\r\n", "GET / HTTP/1.1\nHost: h\n\n"}) {
    byte_client client(served.port());
    client.send(request + get("/echo"));
    const auto answer = client.rest();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n")) << request;
    EXPECT_THAT(answer, HasSubstr("application/problem+json")) << request;
    EXPECT_THAT(answer, HasSubstr("\"code\":\"malformed_request\"")) << request;
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n")) << request;
    EXPECT_THAT(answer, Not(HasSubstr("HTTP/1.1 200"))) << request;
    EXPECT_FALSE(client.was_reset()) << request;
  }
}

TEST(HttpConnection, AnswersALargeBodyToAClientThatReadsLate) {
  loopback served;
  byte_client client(served.port());
  constexpr std::size_t size = 20'000'000; // more than both sockets hold
  client.send(get("/big?n=" + std::to_string(size)) + get("/echo"));
  EXPECT_GT(client.answer().size(), size);
  EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 200"));
}

TEST(HttpConnection, SurvivesAnOperationThatThrows) {
  loopback served;
  byte_client client(served.port());
  client.send(get("/throw") + get("/echo"));
  const auto answer = client.answer();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(answer, Not(HasSubstr("an operation failed")));
  EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 200"));
}

TEST(HttpConnection, GivesARequestOnlySoMuchTime) {
  loopback served;
  byte_client client(served.port());
  client.send("GET /echo HTTP/1.1\r\nHost: h\r\nX-A: ");
  EXPECT_THAT(client.rest(), StartsWith("HTTP/1.1 408"));
  byte_client with_body(served.port());
  with_body.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab");
  EXPECT_THAT(with_body.rest(), StartsWith("HTTP/1.1 408"));
}

TEST(HttpConnection, GivesNoMoreTimeToWhoDripsBytes) {
  loopback served;
  byte_client client(served.port());
  client.send("GET /echo HTTP/1.1\r\nX-A: ");
  // A deadline that each byte renewed would let this go on until the headers are too large.
  while (!client.hears_something(std::chrono::milliseconds(20))) client.send("a");
  EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 408"));
}

TEST(HttpConnection, EndsWhenNothingComes) {
  auto settings = loopback::quick();
  settings.idle_timeout = std::chrono::seconds(1);
  loopback served(settings);
  byte_client silent(served.port());
  EXPECT_THAT(silent.rest(), IsEmpty());
  byte_client once(served.port());
  once.send(get("/echo"));
  EXPECT_THAT(once.answer(), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(once.rest(), IsEmpty());
}

TEST(HttpConnection, GivesUpOnAClientThatDoesNotRead) {
  auto settings = loopback::quick();
  settings.idle_timeout = std::chrono::seconds(1);
  loopback served(settings);
  byte_client client(served.port());
  client.send(get("/big?n=50000000"));
  ASSERT_TRUE(client.hears_something(std::chrono::seconds(20)));
  served.held().wait_until_empty(std::chrono::steady_clock::now() + std::chrono::seconds(20));
  EXPECT_EQ(served.connections(), 0u);
}

TEST(HttpConnection, IsTurnedAwayWhenAllPlacesAreTaken) {
  auto settings = loopback::quick();
  settings.connections_max = 2;
  loopback served(settings);
  std::optional<byte_client> first(served.port()), second(served.port());
  for (auto* held : {&*first, &*second}) {
    held->send(get("/echo"));
    EXPECT_THAT(held->answer(), StartsWith("HTTP/1.1 200"));
  }
  byte_client third(served.port());
  EXPECT_THAT(third.rest(), testing::AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("\"code\":\"overloaded\"")));
  first.reset();
  second.reset();
  served.held().wait_until_empty(std::chrono::steady_clock::now() + std::chrono::seconds(20));
  byte_client fourth(served.port());
  fourth.send(get("/echo"));
  EXPECT_THAT(fourth.answer(), StartsWith("HTTP/1.1 200"));
}

TEST(HttpConnection, IsHandedOverAfterTheHandshakeWithWhatCameBehindIt) {
  loopback served;
  byte_client client(served.port());
  client.send(get("/connection/websocket",
                  "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
                  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n") +
              "first frame");
  const auto answer = client.answer();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 101 Switching Protocols\r\n"));
  EXPECT_THAT(answer, HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  served.thread().stop();
  EXPECT_TRUE(served.upgraded);
  EXPECT_EQ(served.read_with_upgrade, "first frame");
}

TEST(HttpConnection, KeepsSpeakingHttpAfterARefusedHandshake) {
  loopback served;
  byte_client client(served.port());
  client.send(get("/connection/websocket") + get("/echo"));
  EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 426"));
  EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 200"));
}

TEST(HttpDrain, EndsWaitingConnectionsAndAnswersWhatIsInFlight) {
  loopback served;
  byte_client waiting(served.port()), busy(served.port());
  waiting.send(get("/echo"));
  EXPECT_THAT(waiting.answer(), StartsWith("HTTP/1.1 200"));
  busy.send(get("/echo") + get("/slow"));
  EXPECT_THAT(busy.answer(), StartsWith("HTTP/1.1 200"));
  served.door().close();
  served.thread().drain();
  EXPECT_THAT(waiting.rest(), IsEmpty());
  served.release();
  EXPECT_THAT(busy.rest(), testing::AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Connection: close\r\n")));
  served.held().wait_until_empty(std::chrono::steady_clock::now() + std::chrono::seconds(20));
  EXPECT_EQ(served.connections(), 0u);
}

TEST(HttpDrain, LetsNoConnectionWaitThatComesTooLate) {
  loopback served;
  served.thread().drain();
  byte_client late(served.port());
  EXPECT_THAT(late.rest(), IsEmpty());
}

TEST(HttpDrain, CutsOffWhatDoesNotEnd) {
  std::optional<loopback> served(std::in_place);
  byte_client client(served->port());
  client.send(get("/echo") + get("/slow"));
  EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 200"));
  served.reset();
  EXPECT_THAT(client.rest(), IsEmpty());
}

TEST(Listener, SaysWhyItCannotListen) {
  loopback served;
  listener second({&served.thread()}, served.held());
  const auto opened = second.open("127.0.0.1", served.port());
  ASSERT_TRUE(opened.has_error());
  EXPECT_EQ(opened.error().code, errc::io);
  EXPECT_THAT(opened.error().context, HasSubstr("in use"));
}

} // namespace
} // namespace palabre::http
