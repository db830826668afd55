// Without libFuzzer: looks at every input of a corpus, then at mutations of them that a seed decides.
//
//   fuzz_TARGET CORPUS_DIRECTORY [--seed N] [--count MUTATIONS] [--minutes M]

#include "fuzz.hpp"
#include "trust/level_run.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <vector>

namespace palabre::fuzz {
namespace {

constexpr std::size_t input_bytes_max = 16 * 1024;

std::vector<std::string> read_corpus(const std::string& directory) {
  std::vector<std::filesystem::path> paths;
  for (const auto& file : std::filesystem::directory_iterator(directory)) paths.push_back(file.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> all;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    all.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return all;
}

void mutate_once(std::string& input, const std::vector<std::string>& corpus, std::mt19937_64& dice) {
  static const std::string interesting[] = {
      {'\0'},    "\xFF",    "\xC0\x80", "\xED\xA0\x80", "-1",  "18446744073709551616", "1e999", "[[[[[[[[", "{\"a\":",
      "\\u0000", "\\ud800", "%00",      "\r\n",         "null"};
  const auto place = [&] { return input.empty() ? 0 : dice() % (input.size() + 1); };
  const std::size_t at = place(), size = 1 + dice() % 16;
  switch (dice() % 7) {
  case 0:
    if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << dice() % 8));
    break;
  case 1:
    if (at < input.size()) input[at] = static_cast<char>(dice());
    break;
  case 2: input.erase(at, size); break;
  case 3: input.insert(at, input.substr(place(), size)); break;
  case 4: input.insert(at, interesting[dice() % std::size(interesting)]); break;
  case 5: input.insert(at, size, static_cast<char>(dice())); break;
  default:
    const std::string& other = corpus[dice() % corpus.size()];
    input = input.substr(0, at) + other.substr(other.empty() ? 0 : dice() % other.size());
  }
}

void look_at_mutation(std::uint64_t seed, const std::vector<std::string>& corpus) {
  std::mt19937_64 dice(seed);
  std::string input = corpus[dice() % corpus.size()];
  for (std::uint64_t changes = 1 + dice() % 6; changes > 0; --changes) mutate_once(input, corpus, dice);
  input.resize(std::min(input.size(), input_bytes_max));
  look_at(input);
}

} // namespace
} // namespace palabre::fuzz

int main(int argc, char** argv) {
  using namespace palabre::fuzz;
  if (argc < 2) {
    std::cerr << "usage: " << argv[0] << " CORPUS_DIRECTORY [--seed N] [--count MUTATIONS] [--minutes M]\n";
    return 2;
  }
  const std::string name = std::filesystem::path(argv[1]).filename();
  palabre::trust::level_run run(argc - 1, argv + 1, "fuzz " + name, 3'000);
  const auto corpus = read_corpus(argv[1]);
  if (corpus.empty()) {
    run.fail(0, "there is no corpus");
    return run.finish();
  }
  for (const std::string& input : corpus) look_at(input);
  run.add("corpus", corpus.size());
  while (const auto seed = run.next()) {
    look_at_mutation(*seed, corpus); // what is wrong ends the process: the seed is this run's, and how far it came
    run.add("inputs");
  }
  return run.finish();
}
