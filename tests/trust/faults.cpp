// Level 3 of the ladder of trust: the k-th operation of the disk fails, for every k of a scripted life: create, append,
// close, open, append, read models with a snapshot, close. Nothing acknowledged is lost, whether the process or the
// machine ends then; after a failed write or sync nothing more is accepted; and the error says what it was. A round is
// one k, with every kind of fault; `--every` takes one k after the other.

#include "account.hpp"
#include "level_run.hpp"
#include "memory_disk.hpp"
#include "view_rows.hpp"

#include <array>
#include <map>

namespace palabre::trust {
namespace {

using storage::event_log;
using kind = disk_fault::kind;

constexpr const char* log_path = "/data/log";
constexpr std::array<std::pair<kind, const char*>, 4> kinds{{{kind::io_error, "io_error"},
                                                             {kind::no_space, "no_space"},
                                                             {kind::short_write, "short_write"},
                                                             {kind::failed_sync, "failed_sync"}}};

class life {
public:
  explicit life(std::uint64_t seed) : random_(seed), dice_(seed), written_(seed) {}

  /// Lives once, on a disk that may fail. Every complaint that does not fit goes to wrong().
  void live() {
    for (int times = 0; times < 2; ++times) {
      auto opened = event_log::open(log_path, event_log::access::read_write, random_, disk);
      if (!opened) return hear(opened.error());
      if (times == 1) follow(*opened.value());
      if (!write(*opened.value())) return;
    }
  }

  /// After the process ended, or the machine did.
  void look_at(const std::shared_ptr<memory_disk>& left, const std::string& when) {
    const auto opened = event_log::open(log_path, event_log::access::read_write, random_, left);
    if (!opened) return complain(when + ": does not open: " + opened.error().context);
    if (const std::string what = written_.check(*opened.value()); !what.empty()) return complain(when + ": " + what);
    storage::journal journal(*opened.value());
    if (!written_.submit(journal, [] { return true; })) return complain(when + ": takes nothing");
    const std::uint64_t before = written_.answered();
    journal.step();
    if (written_.answered() == before) complain(when + ": commits nothing");
  }
  void look_around() {
    disk->repair();
    account before = written_;
    look_at(disk->copy(), "after the end of the process");
    written_ = before;
    look_at(disk->after_power_loss(dice_), "after a power loss");
  }

  const std::string& wrong() const { return wrong_; }
  std::uint64_t acked() const { return written_.answered(); }
  const std::shared_ptr<memory_disk> disk = std::make_shared<memory_disk>();

private:
  void complain(const std::string& what) {
    if (wrong_.empty()) wrong_ = what;
  }

  /// An error is clear if it says that the disk failed and where; damage is another thing, and there is none.
  void hear(const error& said) {
    if (!disk->has_failed()) return complain("fails without a fault: " + said.context);
    const bool names_it = said.context.find("input/output error") != std::string::npos ||
                          said.context.find("no space left on device") != std::string::npos;
    if (said.code != errc::io || !names_it)
      complain("unclear, as " + std::string(name_of(said.code)) + ": " + said.context);
  }

  /// False: the journal has stopped, and takes nothing any more.
  bool write(event_log& log) {
    storage::journal journal(log);
    for (int batch = 0; batch < 4 && journal.healthy(); ++batch) {
      for (int appends = 0; appends < 2; ++appends) written_.submit(journal, [] { return true; });
      journal.step();
    }
    if (journal.healthy()) {
      journal.stop();
      return true;
    }
    disk->repair(); // the disk works again, which changes nothing
    const std::uint64_t before = written_.answered();
    const bool taken = written_.submit(journal, [] { return true; });
    if (taken || journal.step() || written_.answered() != before) complain("goes on after a failed write");
    return false;
  }

  void follow(const event_log& log) {
    const auto followed = with_views(log, disk, [&](storage::views_store& views) {
      return views.put_snapshot({'r', uuid{}}, {1, {}, "a state"});
    });
    if (!followed) hear(followed.error());
  }

  seeded_randomness random_;
  std::mt19937_64 dice_;
  account written_;
  std::string wrong_;
};

/// How many operations a life has that each kind of fault could hit.
using operations = std::map<kind, std::uint64_t>;

operations count_operations() {
  constexpr std::uint64_t more = 20; // a background thread does some of them, not always as many
  life undisturbed(1);
  undisturbed.live();
  operations counted;
  for (const auto& [what, name] : kinds) counted[what] = undisturbed.disk->operations(what) + more;
  return counted;
}

void break_at(std::uint64_t k, std::uint64_t seed, const operations& there, level_run& run) {
  for (const auto& [what, name] : kinds) {
    if (k > there.at(what)) continue;
    for (const bool lasting : {false, true}) {
      life one(seed);
      one.disk->fail({what, k, lasting});
      one.live();
      if (!one.disk->has_failed()) continue; // there are not so many of this kind
      one.look_around();
      run.add("faults");
      run.add(name);
      run.add("acked_appends", one.acked());
      run.peak("greatest_k", k);
      if (!one.wrong().empty())
        run.fail(seed, std::string(name) + (lasting ? " from operation " : " at operation ") + std::to_string(k) +
                           " on: " + one.wrong());
    }
  }
}

} // namespace
} // namespace palabre::trust

int main(int argc, char** argv) {
  using namespace palabre::trust;
  const operations there = count_operations();
  const std::uint64_t all = there.at(disk_fault::kind::io_error); // which is every operation
  level_run run(argc, argv, "faults", 40, all);
  run.peak("operations", all);
  while (const auto seed = run.next()) break_at(1 + run.place_of(*seed), *seed, there, run);
  return run.finish();
}
