// What `palabre bench` does with results and binaries, beside measuring one.

#include "app/bench_command.hpp"
#include "bench/report/compare.hpp"
#include "bench/report/json.hpp"
#include "bench/report/overview.hpp"
#include "bench/report/pairs.hpp"
#include "bench/report/peers.hpp"
#include "bench/report/peers_page.hpp"
#include "bench/report/progress.hpp"
#include "bench/scenarios/paired.hpp"

#include <unistd.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

namespace palabre::app {
namespace {

bench::result read_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  if (!file && !file.eof()) throw std::runtime_error("cannot read " + name);
  auto read = bench::read_result(text);
  if (!read) throw std::runtime_error(name + ": " + read.error().context);
  return std::move(read).value();
}

bool colours() {
  return ::isatty(1) && !std::getenv("NO_COLOR");
}

} // namespace

void bench_command::add_tools() {
  struct arguments {
    std::vector<std::string> files, binaries;
    bench::paired what{{}, {}, "post", {100, 0, 256, 0, 128, false}, 12};
    double threshold = 3;
  };
  auto asked = std::make_shared<arguments>();
  CLI::App* compare = command_->add_subcommand(
      "compare", "say whether B is slower than A; exit 0: no, or not shown; 1: yes; 2: the files cannot tell");
  compare->add_option("files", asked->files, "two results of --json")->expected(0, 2)->check(CLI::ExistingFile);
  compare->add_option("--run", asked->binaries, "two binaries, measured in turn instead")
      ->expected(2)
      ->check(CLI::ExistingFile);
  compare->add_option("--scenario", asked->what.scenario, "of --run")
      ->check(CLI::IsMember({"post", "fanout"}))
      ->capture_default_str();
  compare->add_option("--pairs", asked->what.pairs, "of --run")
      ->check(CLI::Range(unsigned{bench::pairs_min}, 1000u))
      ->capture_default_str();
  compare->add_option("--threshold", asked->threshold, "a difference that matters, in percent")
      ->check(CLI::Range(0.1, 100.0))
      ->capture_default_str();
  compare->add_option("--senders", asked->what.what.senders, "of --run, as in the scenario")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  add_length(*compare);
  add_conditions(*compare);
  tools_.emplace_back(compare, [this, asked, compare] {
    if (!asked->binaries.empty() && !asked->files.empty())
      throw CLI::ValidationError("compare", "takes two files or --run with two binaries, not both");
    if (!asked->binaries.empty()) {
      if (compare->count("--duration") == 0) how_.duration_s = 2; // many short runs tell more than few long ones
      asked->what.binary_a = asked->binaries[0];
      asked->what.binary_b = asked->binaries[1];
      if (asked->what.scenario == "fanout") asked->what.what = {1, 1000, asked->what.what.senders, 0, 128, true};
      return compare_binaries(asked->what, asked->threshold / 100);
    }
    if (asked->files.size() != 2) throw CLI::ValidationError("compare", "needs two files, or --run BINARY_A BINARY_B");
    const auto found =
        bench::compare_files(read_file(asked->files[0]), read_file(asked->files[1]), asked->threshold / 100);
    if (!found) throw std::runtime_error(found.error().context);
    std::cout << bench::to_text(found.value(), colours());
    return found.value().exit_code();
  });

  CLI::App* table = command_->add_subcommand("table", "show several results beside each other");
  table->add_option("files", asked->files, "results of --json")->required()->check(CLI::ExistingFile);
  table->add_option("--html", html_, "write a page to this file");
  auto form = std::make_shared<std::string>("text");
  table
      ->add_option("--as", *form, "text: for a terminal; markdown: a table for each question; overview: a row for each")
      ->check(CLI::IsMember({"text", "markdown", "overview"}))
      ->capture_default_str();
  tools_.emplace_back(table, [this, asked, form] {
    std::vector<bench::result> all;
    for (const auto& name : asked->files) all.push_back(read_file(name));
    std::cout << (*form == "markdown"   ? bench::peers_markdown(all)
                  : *form == "overview" ? bench::overview_markdown(all)
                                        : bench::peers_table(all, colours()));
    return html_.empty() || write_file(html_, bench::peers_page(all)) ? 0 : 3;
  });
}

int bench_command::compare_binaries(const bench::paired& what, double threshold) {
  pin();
  bench::progress line(stderr, ::isatty(2));
  if (!quiet_) line.phase("pairs");
  const auto costs = bench::measure_pairs(how_, what, [&](const std::string&, double part, const std::string& words) {
    if (!quiet_) line.update(part, words);
  });
  line.done();
  for (const auto& [a, b] : costs) std::printf("A %10.2f   B %10.2f   B/A %.3f\n", a, b, b / a);
  const auto ratio = bench::judge_pairs(costs, threshold);
  std::cout << bench::in_words(ratio) << "\n";
  return ratio.verdict == bench::cost_verdict::slower ? 1 : 0;
}

} // namespace palabre::app
