// Level 2 of the ladder of trust: the power goes at a random operation of the disk, again and again on what the last
// time left: while the log is created, opened, written, flushed or closed. Bytes that were not synced, and names whose
// directory was not, may be gone, torn or there. Everything acknowledged is there, whole appends only, and the read
// models equal a rebuild. A round is a log that loses power ten times.

#include "account.hpp"
#include "level_run.hpp"
#include "memory_disk.hpp"
#include "view_rows.hpp"

#include "storage/watermark.hpp"

namespace palabre::trust {
namespace {

using storage::event_log;

constexpr int losses_per_round = 10;
constexpr const char* log_path = "/data/log";

class round {
public:
  round(std::uint64_t seed, level_run& run) : seed_(seed), dice_(seed), random_(seed), written_(seed), run_(run) {}

  void play() {
    for (int i = 0; i < losses_per_round && good_; ++i) live_once();
    if (good_) inspect(*disk_);
  }

private:
  void fail(const std::string& what) {
    run_.fail(seed_, what);
    good_ = false;
  }

  /// Opens what is there, checks it, writes, and loses power somewhere on the way.
  void live_once() {
    const bool rebooted = pretend_to_reboot();
    disk_->lose_power_at(1 + dice_() % 400, dice_());
    auto opened = event_log::open(log_path, event_log::access::read_write, random_, disk_);
    if (!opened) return fail("does not open: " + opened.error().context);
    event_log& log = *opened.value();
    if (const std::string wrong = written_.check(log); !wrong.empty()) return fail(wrong);
    if (rebooted && !log.report().clean && !log.report().epoch_minted && log.head().value > 0)
      return fail("the machine was started anew, and the epoch stayed");
    run_.add("tails_dropped", log.report().tail_dropped);
    written_.accept(log);
    write(log);
    if (dice_() % 4 == 0) compare_views(log, disk_);
    if (dice_() % 2 == 0) opened.value().reset(); // closed in order, and then the power goes
    const auto remains = disk_->remains();
    run_.add(remains ? "at_an_operation" : "between_operations");
    disk_ = remains ? remains : disk_->after_power_loss(dice_);
    run_.add("crashes");
  }

  void write(event_log& log) {
    storage::journal journal(log);
    const std::uint64_t acked = written_.answered();
    const auto power_is_on = [disk = disk_] { return disk->remains() == nullptr; };
    for (std::uint64_t batches = dice_() % 12; batches > 0; --batches) {
      for (std::uint64_t appends = 1 + dice_() % 3; appends > 0; --appends) written_.submit(journal, power_is_on);
      journal.step();
    }
    journal.stop();
    run_.add("acked_appends", written_.answered() - acked);
  }

  /// The watermark says another boot, as after the power came back.
  bool pretend_to_reboot() {
    const std::string path = std::string(log_path) + ".watermark";
    const auto mark = storage::watermark::read(path, disk_);
    if (!mark || !mark.value()) return false;
    storage::acked_mark other = *mark.value();
    other.boot.fill(9);
    auto file = storage::watermark::open(path, disk_);
    return file && file.value().write(other) && file.value().sync();
  }

  void compare_views(const event_log& log, const std::shared_ptr<memory_disk>& disk) {
    const auto compared = with_views(log, disk, [&](storage::views_store& views) -> result<void> {
      PALABRE_TRY(const auto are, rows_of(views));
      PALABRE_TRY(const auto should_be, rebuilt_rows(log));
      if (are != should_be) return error{errc::corrupt, "the read models are not what a rebuild makes"};
      run_.add("views_compared");
      return success();
    });
    if (!compared) fail(compared.error().context);
  }

  void inspect(memory_disk& disk) {
    const auto copy = disk.copy();
    const auto opened = event_log::open(log_path, event_log::access::read_write, random_, copy);
    if (!opened) return fail("does not open: " + opened.error().context);
    if (const std::string wrong = written_.check(*opened.value()); !wrong.empty()) return fail(wrong);
    compare_views(*opened.value(), copy);
  }

  const std::uint64_t seed_;
  std::mt19937_64 dice_;
  seeded_randomness random_;
  account written_;
  level_run& run_;
  std::shared_ptr<memory_disk> disk_ = std::make_shared<memory_disk>();
  bool good_ = true;
};

} // namespace
} // namespace palabre::trust

int main(int argc, char** argv) {
  palabre::trust::level_run run(argc, argv, "power", 60);
  while (const auto seed = run.next()) palabre::trust::round(*seed, run).play();
  return run.finish();
}
