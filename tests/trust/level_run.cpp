#include "level_run.hpp"

#include "base/json_writer.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>

namespace palabre::trust {
namespace {

constexpr std::size_t failures_max = 20; // the first ones say it

[[noreturn]] void refuse(const char* program) {
  std::cerr << "usage: " << program << " [--seed N] [--count ROUNDS] [--minutes M]\n";
  std::exit(2);
}

} // namespace

level_run::level_run(int argc, char** argv, std::string level, std::uint64_t rounds)
    : level_(std::move(level)), first_seed_(std::random_device{}()), rounds_(rounds) {
  for (int i = 1; i < argc; i += 2) {
    const std::string option = argv[i];
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
  std::cout << level_ << ": seed " << first_seed_ << std::endl;
}

double level_run::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
}

std::optional<std::uint64_t> level_run::next() {
  if (round_ >= rounds_ || failures_.size() >= failures_max) return std::nullopt;
  if (seconds_max_ && seconds() >= *seconds_max_) return std::nullopt;
  return first_seed_ + round_++;
}

void level_run::peak(const std::string& what, std::uint64_t value) {
  auto& now = counts_[what];
  now = std::max(now, value);
}

void level_run::fail(std::uint64_t seed, const std::string& what) {
  failures_.push_back("--seed " + std::to_string(seed) + " --count 1: " + what);
  std::cout << level_ << " FAILED, " << failures_.back() << std::endl;
}

int level_run::finish() const {
  std::string line = R"({"level":")" + level_ + R"(","seed":)" + std::to_string(first_seed_) + R"(,"rounds":)" +
                     std::to_string(round_) + R"(,"seconds":)" + std::to_string(seconds());
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
