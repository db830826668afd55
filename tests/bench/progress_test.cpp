#include "bench/report/progress.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

namespace palabre::bench {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;

/// A progress line on a stream in memory, with a clock that moves when it is told to.
class Progress : public testing::Test {
protected:
  ~Progress() override {
    shown_.reset();
    std::fclose(out_);
    std::free(text_);
  }
  progress& on(bool terminal) {
    shown_ = std::make_unique<progress>(out_, terminal, [this] { return now_; });
    return *shown_;
  }
  std::string written() {
    std::fflush(out_);
    return {text_, size_};
  }

  progress::time_point now_{1h};

private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* out_ = ::open_memstream(&text_, &size_);
  std::unique_ptr<progress> shown_;
};

TEST_F(Progress, RedrawsOneLineOnATerminal) {
  auto& shown = on(true);
  shown.run(2, 5);
  shown.phase("measuring");
  now_ += 10s;
  shown.update(0.25, rate_and_p99(25'431, 1.2));
  const auto text = written();
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_THAT(text, HasSubstr("\rrun 2 of 5  measuring     ██████░░░░░░░░░░░░░░░░░░  25 %  0:10, 0:30 left  "
                              "25,431/s, p99 1.20 ms\x1b[K"));
}

TEST_F(Progress, IsDrawnNoMoreThanTenTimesASecond) {
  auto& shown = on(true);
  shown.phase("measuring");
  const auto before = written().size();
  for (int i = 0; i < 99; ++i) {
    now_ += 1ms;
    shown.update(0.1, "x");
  }
  EXPECT_EQ(written().size(), before);
  now_ += 1ms;
  shown.update(0.1, "x");
  EXPECT_GT(written().size(), before);
}

TEST_F(Progress, ClearsItsLineAtTheEnd) {
  auto& shown = on(true);
  shown.phase("measuring");
  shown.done();
  const auto text = written();
  EXPECT_THAT(text, EndsWith("\r\x1b[K"));
  shown.done();
  EXPECT_EQ(written(), text);
}

TEST_F(Progress, WritesFewPlainLinesElsewhere) {
  auto& shown = on(false);
  shown.run(1, 3);
  shown.phase("warm-up");
  for (int i = 1; i <= 120; ++i) {
    now_ += 100ms;
    shown.update(i / 120.0, "9/s");
  }
  shown.done();
  EXPECT_EQ(written(), "run 1 of 3, warm-up\n"
                       "run 1 of 3, warm-up, 42 % in 0:05: 9/s\n"
                       "run 1 of 3, warm-up, 83 % in 0:10: 9/s\n");
}

TEST_F(Progress, StandsFractionsThatAreNone) {
  auto& shown = on(true);
  shown.phase("measuring");
  for (const double fraction : {-1.0, 7.0, 0.0 / 0.0}) {
    now_ += 1s;
    shown.update(fraction, "");
  }
  EXPECT_THAT(written(), HasSubstr(" 100 %"));
}

} // namespace
} // namespace palabre::bench
