#include "http/realtime/outbox.hpp"

#include "http/realtime/frame.hpp"

#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <random>

namespace palabre::http::realtime {
namespace {

/// Two connected sockets with little room between them.
struct narrow_pipe {
  narrow_pipe() {
    int both[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, both), 0);
    near = both[0];
    far = both[1];
    const int bytes = 4'096;
    ::setsockopt(near, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  }
  ~narrow_pipe() {
    ::close(near);
    if (far >= 0) ::close(far);
  }
  /// All that has arrived.
  std::string drain() const {
    std::string all;
    char buffer[10'000];
    for (ssize_t n; (n = ::recv(far, buffer, sizeof buffer, MSG_DONTWAIT)) > 0;)
      all.append(buffer, static_cast<std::size_t>(n));
    return all;
  }
  int near, far;
};

channel_frames_ptr frames_with(std::string bytes) {
  auto frames = std::make_shared<channel_frames>();
  frames->bytes = std::move(bytes);
  return frames;
}

TEST(Outbox, SendsAllAtOnceWhenThereIsRoom) {
  narrow_pipe pipe;
  outbox out;
  out.push("one ");
  const channel_frames_ptr shared = frames_with("two ");
  const lent_frames lent[] = {{&shared, shared->bytes}};
  EXPECT_EQ(out.flush(pipe.near, lent), outbox::outcome::sent);
  EXPECT_EQ(pipe.drain(), "one two ");
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(shared.use_count(), 1) << "what has left is not kept";
}

TEST(Outbox, KeepsInOrderWhatTheSocketDoesNotTake) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  narrow_pipe pipe;
  outbox out;
  std::string expected, arrived;
  for (int round = 0; round < 300; ++round) {
    std::vector<channel_frames_ptr> owners;
    std::vector<lent_frames> lent;
    for (std::size_t i = random() % 100; i > 0; --i)
      owners.push_back(frames_with(std::string(1 + random() % 200, static_cast<char>('a' + random() % 26))));
    if (random() % 2 == 0) {
      out.push("own;");
      expected += "own;";
    }
    for (const auto& each : owners) {
      lent.push_back({&each, each->bytes});
      expected += each->bytes;
    }
    out.flush(pipe.near, lent);
    if (random() % 3 == 0) arrived += pipe.drain();
  }
  while (out.flush(pipe.near) == outbox::outcome::blocked) arrived += pipe.drain();
  arrived += pipe.drain();
  EXPECT_EQ(arrived, expected);
  EXPECT_EQ(out.bytes(), 0u);
}

TEST(Outbox, DropsWhatHasNotBegunToLeave) {
  narrow_pipe pipe;
  outbox out;
  std::string frames;
  for (int i = 0; i < 100; ++i) frames += text_frame(std::string(997, static_cast<char>('a' + i % 26)));
  out.push(frames);
  out.push(text_frame("never"));
  ASSERT_EQ(out.flush(pipe.near), outbox::outcome::blocked);
  out.drop_unsent(wire::websocket);
  EXPECT_LT(out.bytes(), 1'001u) << "at most the rest of one frame";
  out.push(close_frame(3008, "slow"));
  std::string arrived = pipe.drain();
  while (out.flush(pipe.near) == outbox::outcome::blocked) arrived += pipe.drain();
  arrived += pipe.drain();
  // Whole frames, and the close frame behind them.
  std::size_t end = 0;
  while (static_cast<unsigned char>(arrived[end]) == 0x81) end = end_of_message_at(arrived, end, wire::websocket);
  EXPECT_EQ(arrived.substr(end), close_frame(3008, "slow"));
  EXPECT_EQ(arrived.substr(0, end), frames.substr(0, end));
}

TEST(Outbox, NoticesThatThePeerIsGone) {
  narrow_pipe pipe;
  ::close(pipe.far);
  pipe.far = -1;
  outbox out;
  out.push("x");
  EXPECT_EQ(out.flush(pipe.near), outbox::outcome::broken);
}

} // namespace
} // namespace palabre::http::realtime
