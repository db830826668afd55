// Level 6 of the ladder of trust: the log alone decides. The golden log holds a record of every type and version that
// was ever written, as stored: it decodes, is stored again as the same bytes, and every read model that is rebuilt of
// it, in pieces of any size, has the same bytes. So do those of random logs. An event type that changed its shape twice
// is read from each of its shapes, and a record from the future is refused by its position, type and version.
//
//   trust_determinism GOLDEN_LOG [--seed N] [--count ROUNDS] [--minutes M]
//   trust_determinism GOLDEN_LOG --extend EVENTS     adds the types and versions that GOLDEN_LOG does not hold yet

#include "account.hpp"
#include "golden_log.hpp"
#include "level_run.hpp"
#include "shape_changes.hpp"
#include "view_rows.hpp"

#include <iostream>

namespace palabre::trust {
namespace {

using storage::event_log;

struct opened {
  explicit opened(std::uint64_t seed) : random(seed) {
    log = event_log::open("/data/log", event_log::access::read_write, random, disk).value();
    journal = std::make_unique<storage::journal>(*log);
  }
  std::shared_ptr<memory_disk> disk = std::make_shared<memory_disk>();
  seeded_randomness random;
  std::unique_ptr<event_log> log;
  std::unique_ptr<storage::journal> journal;
};

/// Rebuilt at once, and by views that follow the log while it grows and are closed and opened in between.
std::string compare_rebuilds(std::uint64_t seed, const std::function<bool(storage::journal&)>& append_some,
                             level_run& run) {
  opened at(seed);
  const auto views_disk = std::make_shared<memory_disk>();
  all_rows followed;
  for (bool more = true; more;) {
    more = append_some(*at.journal);
    while (at.journal->step()) {
    }
    const auto kept = with_views(*at.log, views_disk, [&](storage::views_store& views) -> result<void> {
      PALABRE_TRY(followed, rows_of(views));
      return success();
    });
    if (!kept) return kept.error().context;
  }
  const auto rebuilt = rebuilt_rows(*at.log);
  if (!rebuilt) return rebuilt.error().context;
  run.add("rows", rebuilt.value().size());
  run.add("rebuilds");
  return rebuilt.value() == followed ? "" : "a rebuild makes other rows than following does";
}

std::string replay_golden(const golden_log& golden, std::uint64_t seed, level_run& run) {
  std::mt19937_64 dice(seed);
  std::size_t next = 0;
  std::string wrong;
  const auto some = [&](storage::journal& journal) {
    for (std::uint64_t count = 1 + dice() % 8; count > 0 && next < golden.records().size(); --count, ++next) {
      const std::string& stored = golden.records()[next];
      storage::append append = golden_log::append_of(stored);
      append.done = [&wrong, &stored](result<storage::appended> answer) {
        if (!answer)
          wrong = "a golden record is not taken: " + answer.error().context;
        else if (answer.value()[0].stored != stored)
          wrong = "a golden record is stored as other bytes";
      };
      if (!journal.submit(std::move(append))) wrong = "the journal takes nothing";
    }
    return next < golden.records().size() && wrong.empty();
  };
  const std::string rebuilt = compare_rebuilds(seed, some, run);
  return wrong.empty() ? rebuilt : wrong;
}

std::string follow_random_log(std::uint64_t seed, level_run& run) {
  std::mt19937_64 dice(seed);
  account written(seed);
  std::uint64_t batches = 1 + dice() % 12;
  return compare_rebuilds(
      seed,
      [&](storage::journal& journal) {
        for (std::uint64_t appends = 1 + dice() % 8; appends > 0; --appends)
          written.submit(journal, [] { return true; });
        return --batches > 0;
      },
      run);
}

} // namespace
} // namespace palabre::trust

int main(int argc, char** argv) {
  using namespace palabre::trust;
  if (argc < 2) {
    std::cerr << "usage: " << argv[0] << " GOLDEN_LOG [--extend EVENTS | --seed N --count ROUNDS --minutes M]\n";
    return 2;
  }
  golden_log golden(argv[1]);
  if (argc == 4 && std::string(argv[2]) == "--extend") return golden.extend(argv[3]) ? 0 : 1;
  level_run run(argc - 1, argv + 1, "determinism", 12);
  for (const std::string& wrong : {golden.check_complete(), check_shape_changes(), check_future()})
    if (!wrong.empty()) run.fail(run.seed(), wrong);
  run.peak("golden_records", golden.records().size());
  while (const auto seed = run.next()) {
    for (const std::string& wrong : {replay_golden(golden, *seed, run), follow_random_log(*seed, run)})
      if (!wrong.empty()) run.fail(*seed, wrong);
  }
  return run.finish();
}
