#include "bench/load/http_connection.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <thread>

namespace palabre::bench {
namespace {

using boost::asio::ip::tcp;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t second_ns = 1'000'000'000;
const std::string question = "GET / HTTP/1.1\r\n\r\n";

/// What a server says is written in the test; the kernel accepts connections while nobody runs.
class scripted_server {
public:
  scripted_server() : acceptor_(io_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)) {
    at.port = acceptor_.local_endpoint().port();
    at.address = acceptor_.local_endpoint();
  }
  void accept() { line_.emplace(acceptor_.accept()); }
  std::string hear() {
    std::string text;
    boost::asio::read_until(*line_, boost::asio::dynamic_buffer(text), "\r\n\r\n");
    return text;
  }
  std::size_t hear_bytes(std::size_t count) {
    std::string text(count, '\0');
    return boost::asio::read(*line_, boost::asio::buffer(text));
  }
  void say(const std::string& text) { boost::asio::write(*line_, boost::asio::buffer(text)); }
  void hang_up() { line_.reset(); }

  endpoint at;

private:
  boost::asio::io_context io_;
  tcp::acceptor acceptor_;
  std::optional<tcp::socket> line_;
};

class HttpConnection : public ::testing::Test, protected http_connection::events {
protected:
  struct heard {
    unsigned status;
    std::string body;
    bool last;
    friend bool operator==(const heard&, const heard&) = default;
    friend void PrintTo(const heard& h, std::ostream* out) { *out << h.status << " " << h.body << " " << h.last; }
  };

  void opened() override { ++openings; }
  void answered(const http_answer& answer) override {
    answers.push_back({answer.status, std::string(answer.body), answer.last});
    field_x = answer.field("x");
    if (answer.last && opens_again) line.open(server.at);
  }
  void closed(std::string_view why) override { reason = why; }

  void connect() {
    line.open(server.at);
    server.accept();
    work.run_until(work.tick() + 10 * second_ns, [this] { return openings > 0; });
    ASSERT_EQ(openings, 1);
  }
  /// Until there are so many answers, or the connection is over.
  void wait_for(std::size_t count) {
    work.run_until(work.tick() + 10 * second_ns, [&] { return answers.size() >= count || !reason.empty(); });
  }
  /// What has arrived is read; nothing is to be seen of it yet.
  void look() { work.run_until(work.tick() + second_ns / 200); }
  void answer_to_one_question(const std::string& text) {
    line.send(question);
    server.say(text);
    wait_for(answers.size() + 1);
  }

  scripted_server server;
  loop work;
  int openings = 0;
  bool opens_again = false;
  std::vector<heard> answers;
  std::string reason, field_x;
  http_connection line{work, *this};
};

TEST_F(HttpConnection, SendsWhatItIsGivenAndReadsAnAnswerWithALength) {
  connect();
  line.send(question);
  EXPECT_EQ(server.hear(), question);
  EXPECT_EQ(line.awaited(), 1u);
  server.say("HTTP/1.1 200 OK\r\ncontent-LENGTH:  5\r\nX: y\r\n\r\nhello");
  wait_for(1);
  EXPECT_THAT(answers, ElementsAre(heard{200, "hello", false}));
  EXPECT_EQ(line.awaited(), 0u);
}

TEST(HttpAnswer, HasFieldsByTheirNamesWhateverTheirCase) {
  const http_answer got{429, "HTTP/1.1 429 Slow down\r\nA: b\r\nRETRY-after: \t7 \r\nA: c", {}, false};
  EXPECT_EQ(got.field("retry-after"), "7");
  EXPECT_EQ(got.field("a"), "b");
  EXPECT_EQ(got.field("retry"), "");
  EXPECT_EQ(got.field("http/1.1 429 slow down"), "");
}

TEST_F(HttpConnection, GivesTheHeadWithTheAnswer) {
  connect();
  answer_to_one_question("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: y\r\n\r\n");
  EXPECT_EQ(field_x, "y");
}

TEST_F(HttpConnection, ReadsAnAnswerThatComesByteByByte) {
  connect();
  line.send(question);
  for (const char c : std::string("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngon")) {
    server.say({c});
    look();
  }
  EXPECT_THAT(answers, IsEmpty());
  server.say("e");
  wait_for(1);
  EXPECT_THAT(answers, ElementsAre(heard{404, "gone", false}));
}

TEST_F(HttpConnection, PutsChunksTogether) {
  connect();
  line.send(question);
  for (const std::string part : {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "4\r\nonce",
                                 "\r\n6;note=1\r\n upon \r", "\n10\r\na time there was\r\n0\r\nTrailer: x\r\n"}) {
    server.say(part);
    look();
  }
  EXPECT_THAT(answers, IsEmpty());
  server.say("\r\n");
  wait_for(1);
  EXPECT_THAT(answers, ElementsAre(heard{200, "once upon a time there was", false}));
}

TEST_F(HttpConnection, ReadsSeveralAnswersThatComeTogether) {
  connect();
  line.send(question + question + question + question, 4);
  server.say("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"
             "HTTP/1.1 204 No Content\r\n\r\n"
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n\r\n"
             "HTTP/1.1 200 OK\r\nContent-Le");
  wait_for(3);
  EXPECT_THAT(answers, ElementsAre(heard{200, "a", false}, heard{204, "", false}, heard{200, "b", false}));
  server.say("ngth: 0\r\n\r\n");
  wait_for(4);
  EXPECT_EQ(answers.back(), (heard{200, "", false}));
  EXPECT_EQ(line.awaited(), 0u);
}

TEST_F(HttpConnection, PassesOverTheAnswerBeforeTheAnswer) {
  connect();
  answer_to_one_question("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok");
  EXPECT_THAT(answers, ElementsAre(heard{201, "ok", false}));
}

TEST_F(HttpConnection, ReadsAnAnswerThatIsLargerThanItsBuffer) {
  connect();
  const std::string body(3 * work.buffer().size() + 5, 'x');
  line.send(question);
  std::thread server_side(
      [&] { server.say("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body); });
  wait_for(1);
  server_side.join();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].body, body);
}

TEST_F(HttpConnection, KeepsWhatTheSocketDoesNotTake) {
  connect();
  const std::string much = "POST / HTTP/1.1\r\nContent-Length: 20000000\r\n\r\n" + std::string(20'000'000, 'x');
  line.send(much);
  std::size_t got = 0;
  std::thread server_side([&] {
    got = server.hear_bytes(much.size());
    server.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  wait_for(1);
  server_side.join();
  EXPECT_EQ(got, much.size());
  EXPECT_THAT(answers, ElementsAre(heard{200, "", false}));
}

TEST_F(HttpConnection, OpensAgainAfterALastAnswer) {
  connect();
  opens_again = true;
  answer_to_one_question("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na");
  server.hang_up();
  server.accept();
  work.run_until(work.tick() + 10 * second_ns, [this] { return openings == 2; });
  ASSERT_TRUE(line.is_open());
  answer_to_one_question("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb");
  EXPECT_THAT(answers, ElementsAre(heard{200, "a", true}, heard{200, "b", false}));
  EXPECT_THAT(reason, IsEmpty());
}

TEST_F(HttpConnection, TellsThatTheServerHungUp) {
  connect();
  line.send(question);
  server.hear();
  server.hang_up();
  wait_for(1);
  EXPECT_THAT(reason, HasSubstr("closed by the server"));
  EXPECT_FALSE(line.is_open());
}

TEST_F(HttpConnection, TellsThatNobodyListens) {
  endpoint nowhere = server.at;
  nowhere.address.port(1);
  line.open(nowhere);
  wait_for(1);
  EXPECT_THAT(reason, HasSubstr("cannot connect"));
}

TEST_F(HttpConnection, EndsWithAServerThatSpeaksNoHttp) {
  connect();
  answer_to_one_question("SSH-2.0-OpenSSH_9.2\r\n\r\n");
  EXPECT_THAT(reason, HasSubstr("SSH-2.0"));
}

TEST_F(HttpConnection, EndsWithAnAnswerWithoutALength) {
  connect();
  answer_to_one_question("HTTP/1.1 200 OK\r\n\r\nhow long?");
  EXPECT_THAT(reason, HasSubstr("without a length"));
}

TEST_F(HttpConnection, EndsWithABrokenChunk) {
  connect();
  answer_to_one_question("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nmany\r\n");
  EXPECT_THAT(reason, HasSubstr("chunks"));
}

TEST_F(HttpConnection, EndsWithAnAnswerThatNobodyAskedFor) {
  connect();
  server.say("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
  wait_for(1);
  EXPECT_THAT(reason, HasSubstr("nobody asked for"));
}

} // namespace
} // namespace palabre::bench
