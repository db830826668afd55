#include "app/control_socket.hpp"

#include "app/control_line.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>

namespace palabre::app {
namespace {

namespace fs = std::filesystem;
using local = boost::asio::local::stream_protocol;

const tell_control ignore = [](std::uint64_t, std::uint64_t, std::string_view) { return true; };

class ControlSocket : public ::testing::Test {
protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "control.XXXXXX";
    data_ = ::mkdtemp(pattern.data());
    socket_.add("echo", [](const control_arguments& arguments, const tell_control&) -> result<std::string> {
      const auto words = arguments.find("words");
      if (words == arguments.end()) return error{errc::invalid, "say which \"words\""};
      return '"' + words->second + '"';
    });
    socket_.add("count", [](const control_arguments&, const tell_control& tell) -> result<std::string> {
      tell(1, 3, "counting");
      tell(2, 3, "counting"); // too soon after the first
      return std::string(R"({"counted":3})");
    });
    // Goes on until nobody waits.
    socket_.add("wait", [this](const control_arguments&, const tell_control& tell) -> result<std::string> {
      while (tell(0, 0, "waiting")) waits_ = true;
      gave_up_ = true;
      return error{errc::abandoned, "nobody waits"};
    });
  }
  void TearDown() override {
    socket_.stop();
    fs::remove_all(data_);
  }

  /// What bytes are answered with until the server hangs up.
  std::string answer_to(const std::string& bytes) {
    boost::asio::io_context io;
    local::socket to(io);
    to.connect(local::endpoint(control_socket_path(data_)));
    boost::system::error_code end; // of a server that hangs up while it is being written to
    boost::asio::write(to, boost::asio::buffer(bytes), end);
    std::string all;
    boost::asio::read(to, boost::asio::dynamic_buffer(all), end);
    return all;
  }

  std::string data_;
  std::atomic<bool> waits_{false}, gave_up_{false};
  control_socket socket_;
};

TEST_F(ControlSocket, AnswersWhatItIsAsked) {
  EXPECT_EQ(ask_control(data_, "echo", {}, ignore).value(), std::nullopt) << "nobody listens yet";
  ASSERT_TRUE(socket_.start(data_));
  EXPECT_EQ(ask_control(data_, "echo", {{"words", "hello"}}, ignore).value(), R"("hello")");
  EXPECT_EQ(answer_to("{\"command\":\"echo\",\"words\":\"hello\"}\n"), "{\"done\":\"hello\"}\n");
  const auto refused = ask_control(data_, "echo", {}, ignore);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::invalid);
  EXPECT_EQ(refused.error().context, "say which \"words\"");
  const auto unknown = ask_control(data_, "dance", {}, ignore);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, errc::not_found);
}

TEST_F(ControlSocket, TellsHowFarItIs) {
  ASSERT_TRUE(socket_.start(data_));
  std::vector<std::string> told;
  const auto done = ask_control(data_, "count", {}, [&](std::uint64_t is, std::uint64_t of, std::string_view what) {
    told.push_back(std::to_string(is) + "/" + std::to_string(of) + " " + std::string(what));
    return true;
  });
  EXPECT_EQ(done.value(), R"({"counted":3})");
  EXPECT_EQ(told, std::vector<std::string>{"1/3 counting"});
}

TEST_F(ControlSocket, IsItsOwnersAlone) {
  ASSERT_TRUE(socket_.start(data_));
  struct stat about {};
  ASSERT_EQ(::stat(control_socket_path(data_).c_str(), &about), 0);
  EXPECT_TRUE(S_ISSOCK(about.st_mode));
  EXPECT_EQ(about.st_mode & 0777, 0600u);
  socket_.stop();
  EXPECT_FALSE(fs::exists(control_socket_path(data_)));
}

TEST_F(ControlSocket, TakesThePlaceOfOneThatWasLeft) {
  {
    boost::asio::io_context io;
    local::acceptor left(io, local::endpoint(control_socket_path(data_)));
  }
  EXPECT_TRUE(fs::exists(control_socket_path(data_)));
  EXPECT_EQ(ask_control(data_, "count", {}, ignore).value(), std::nullopt);
  ASSERT_TRUE(socket_.start(data_));
  EXPECT_TRUE(ask_control(data_, "count", {}, ignore).value());
}

TEST_F(ControlSocket, RefusesWhatIsNotARequest) {
  ASSERT_TRUE(socket_.start(data_));
  for (const std::string bytes : {"\n", "hello\n", "[]\n", "{}\n", "{\"command\":7}\n",
                                  "{\"command\":\"echo\",\"words\":[]}\n", "{\"command\":\"\"}\n"})
    EXPECT_NE(answer_to(bytes).find(R"("code":"malformed")"), std::string::npos) << bytes;
  EXPECT_EQ(answer_to(std::string(control_line_bytes_max + 1, ' ')), ""); // hung up on
  EXPECT_TRUE(ask_control(data_, "count", {}, ignore).value());
}

TEST_F(ControlSocket, EndsWhatNobodyWaitsForAnyMore) {
  ASSERT_TRUE(socket_.start(data_));
  const auto hung_up =
      ask_control(data_, "wait", {}, [](std::uint64_t, std::uint64_t, std::string_view) { return false; });
  ASSERT_FALSE(hung_up);
  EXPECT_EQ(hung_up.error().code, errc::abandoned);
  while (!gave_up_) std::this_thread::yield();
}

TEST_F(ControlSocket, EndsWhatIsUnderWayWhenItStops) {
  ASSERT_TRUE(socket_.start(data_));
  auto asked = std::async(std::launch::async, [&] { return ask_control(data_, "wait", {}, ignore); });
  while (!waits_) std::this_thread::yield();
  boost::asio::io_context io; // and who has asked nothing yet is not waited for
  local::socket silent(io);
  silent.connect(local::endpoint(control_socket_path(data_)));
  socket_.stop();
  EXPECT_TRUE(gave_up_);
  const auto answer = asked.get();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().context, "nobody waits");
}

TEST_F(ControlSocket, IsReachedByALongPath) {
  const std::string deep = data_ + "/" + std::string(60, 'd') + "/" + std::string(60, 'e');
  fs::create_directories(deep);
  ASSERT_TRUE(socket_.start(deep));
  EXPECT_EQ(ask_control(deep, "echo", {{"words", "far"}}, ignore).value(), R"("far")");
}

TEST_F(ControlSocket, SaysWhereItCannotBe) {
  const auto started = socket_.start(data_ + "/nowhere");
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, errc::io);
  EXPECT_NE(started.error().context.find("/nowhere/control.sock"), std::string::npos);
}

TEST(ControlLine, ReadsWhatItWrites) {
  const control_request request{"do", {{"a", "x \"y\"\n"}, {"b", ""}}};
  const auto read = parse_control_request(control_request_line(request)).value();
  EXPECT_EQ(read.command, request.command);
  EXPECT_EQ(read.arguments, request.arguments);
  const auto progress = parse_control_answer(control_progress_line({3, 7, "é\t"})).value().progress;
  ASSERT_TRUE(progress);
  EXPECT_EQ(progress->done, 3u);
  EXPECT_EQ(progress->total, 7u);
  EXPECT_EQ(progress->what, "é\t");
  EXPECT_EQ(parse_control_answer(control_done_line("[1,2]")).value().done, "[1,2]");
  for (int code = 0; code <= static_cast<int>(errc::internal); ++code) {
    const error why{static_cast<errc>(code), "because"};
    EXPECT_EQ(parse_control_answer(control_error_line(why)).value().failed, why);
  }
  EXPECT_FALSE(parse_control_answer("{}"));
}

} // namespace
} // namespace palabre::app
