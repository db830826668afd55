#include "level_run.hpp"

#include "base/json_writer.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <random>

namespace palabre::trust {
namespace {

constexpr std::size_t failures_max = 20;    // the first ones say it
constexpr std::uint64_t stride = 1'000'003; // a prime: the rounds of a short dose are spread over the list

volatile std::uint64_t seed_now = 0; // for who ends in the middle of a round

/// Says in which round it was, and ends as it would have.
extern "C" void tell_seed_and_end(int signal) {
  std::array<char, 64> line{"ended in the round with --seed "};
  constexpr std::size_t words = 31;
  const auto [end, failed] = std::to_chars(line.data() + words, line.data() + line.size() - 1, seed_now);
  *end = '\n';
  [[maybe_unused]] const auto written =
      write(STDERR_FILENO, line.data(), static_cast<std::size_t>(end + 1 - line.data()));
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

[[noreturn]] void refuse(const char* program) {
  std::cerr << "usage: " << program << " [--seed N] [--count ROUNDS] [--minutes M] [--every]\n";
  std::exit(2);
}

} // namespace

level_run::level_run(int argc, char** argv, std::string level, std::uint64_t rounds, std::uint64_t all)
    : level_(std::move(level)), first_seed_(std::random_device{}()), rounds_(rounds), all_(all) {
  for (int i = 1; i < argc && all_ > 0; ++i)
    if (argv[i] == std::string_view("--every")) every_ = true, first_seed_ = 0, rounds_ = UINT64_MAX;
  read_arguments(argc, argv);
  std::signal(SIGABRT, tell_seed_and_end);
  if (every_) rounds_ = std::min(rounds_, all_ - std::min(all_, first_seed_));
  std::cout << level_ << ": seed " << first_seed_ << std::endl;
}

void level_run::read_arguments(int argc, char** argv) {
  for (int i = 1; i < argc; i += 2) {
    const std::string option = argv[i];
    if (every_ && option == "--every") {
      --i; // it has no value
      continue;
    }
    char* end = nullptr;
    const char* value = i + 1 < argc ? argv[i + 1] : "";
    if (option == "--seed")
      first_seed_ = std::strtoull(value, &end, 10);
    else if (option == "--count")
      rounds_ = std::strtoull(value, &end, 10);
    else if (option == "--minutes")
      seconds_max_ = std::strtod(value, &end) * 60;
    if (end == nullptr || end == value || *end != '\0') refuse(argv[0]);
  }
  if (seconds_max_) rounds_ = UINT64_MAX;
}

std::uint64_t level_run::place_of(std::uint64_t seed) const {
  return every_ ? seed : seed % all_ * stride % all_;
}

double level_run::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
}

std::optional<std::uint64_t> level_run::next() {
  if (round_ >= rounds_ || failures_.size() >= failures_max) return std::nullopt;
  if (seconds_max_ && seconds() >= *seconds_max_) return std::nullopt;
  seed_now = first_seed_ + round_++;
  return seed_now;
}

void level_run::peak(const std::string& what, std::uint64_t value) {
  auto& now = counts_[what];
  now = std::max(now, value);
}

void level_run::fail(std::uint64_t seed, const std::string& what) {
  failures_.push_back(std::string(every_ ? "--every --seed " : "--seed ") + std::to_string(seed) +
                      " --count 1: " + what);
  std::cout << level_ << " FAILED, " << failures_.back() << std::endl;
}

int level_run::finish() const {
  std::string line = R"({"level":")" + level_ + R"(","seed":)" + std::to_string(first_seed_) + R"(,"rounds":)" +
                     std::to_string(round_) + R"(,"seconds":)" + std::to_string(seconds());
  if (every_) line += ",\"in_order\":" + std::to_string(round_) + ",\"of_all\":" + std::to_string(all_);
  for (const auto& [what, count] : counts_) line += ",\"" + what + "\":" + std::to_string(count);
  line += R"(,"failures":[)";
  for (std::size_t i = 0; i < failures_.size(); ++i) {
    if (i > 0) line += ',';
    append_json_string(line, failures_[i]);
  }
  std::cout << line << "]}" << std::endl;
  return failures_.empty() ? 0 : 1;
}

} // namespace palabre::trust
