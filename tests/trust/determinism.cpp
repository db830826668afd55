// Level 6 of the ladder of trust: the log alone decides. The golden log holds a record of every type and version that
// was ever written, as stored: it decodes, is stored again as the same bytes, and every read model that is rebuilt of
// it, in pieces of any size, has the same bytes. So do those of random logs with events of every type, sealed, in which
// people are erased: followed while they grow, folded one after the other or by several threads at once. An event type
// that changed its shape twice is read from each of its shapes, and a record from the future is refused by its
// position, type and version.
//
//   trust_determinism GOLDEN_LOG [--seed N] [--count ROUNDS] [--minutes M]
//   trust_determinism GOLDEN_LOG --extend EVENTS     adds the types and versions that GOLDEN_LOG does not hold yet

#include "account.hpp"
#include "golden_log.hpp"
#include "kept_keys.hpp"
#include "level_run.hpp"
#include "shape_changes.hpp"
#include "view_rows.hpp"

#include "base/assert.hpp"
#include "projections/varied_history.hpp"

#include <iostream>
#include <map>

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

/// A log whose writer seals as a decider does, and destroys keys as an erasure does.
class sealed_log : public opened {
public:
  explicit sealed_log(std::uint64_t seed) : opened(seed), keys_(random) { log->open_seals_with(keys_.seal()); }

  template <class Event>
  void submit(const stream_id& stream, user_id actor, const Event& event, timestamp time) {
    const events::encoded_event encoded = events::encode_one(event);
    events::divided_payload parts = events::divide_one(event);
    const stream_version version = ++versions_[stream];
    projections::sealed_payload sealed;
    if (!parts.personal.empty()) {
      const auto key = keys_.ring().key_of(projections::person_of(stream, actor)).value();
      sealed = keys_.seal()->seal(stream, version, encoded, std::move(parts), key);
    }
    storage::record r;
    r.stream = stream;
    r.actor = actor;
    r.time = time;
    r.schema = encoded.schema;
    r.type = encoded.type;
    r.key_id = sealed.key_id;
    r.payload = sealed.key_id == 0 ? encoded.payload : sealed.stored;
    storage::append append;
    append.streams.push_back(
        {stream, storage::expectation::exactly(version - 1), {{storage::encode(r), sealed.opened}}});
    append.done = [this](result<storage::appended> answer) { refused_ += !answer; };
    refused_ += !journal->submit(std::move(append));
  }
  /// Whether views have followed up to here or not: the key goes.
  void erase(user_id who, timestamp time) {
    submit(events::stream_of(who), {}, events::user_erased{keys_.ring().begin_erasing(who, time).value()}, time);
    while (journal->step()) {
    }
    PALABRE_ASSERT(keys_.ring().destroy_key_of(who).has_value());
    ++erased_;
  }
  std::uint64_t refused() const { return refused_; }
  std::uint64_t erased() const { return erased_; }

private:
  kept_keys keys_;
  std::map<stream_id, stream_version> versions_;
  std::uint64_t refused_ = 0, erased_ = 0;
};

/// Rebuilt, and by views that follow the log while it grows and are closed and opened in between.
std::string compare_rebuilds(const opened& at, const std::function<bool(storage::journal&)>& append_some,
                             level_run& run) {
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
  run.add("rows", followed.size());
  for (const auto& rebuild : {rebuilt_rows, rows_folded_at_once}) {
    const auto rebuilt = rebuild(*at.log);
    if (!rebuilt) return rebuilt.error().context;
    run.add("rebuilds");
    if (const std::string wrong = difference(followed, rebuilt.value()); !wrong.empty()) return wrong;
  }
  return {};
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
  const std::string rebuilt = compare_rebuilds(opened(seed), some, run);
  return wrong.empty() ? rebuilt : wrong;
}

std::string follow_random_log(std::uint64_t seed, level_run& run) {
  std::mt19937_64 dice(seed);
  sealed_log at(seed);
  projections::testing::varied_history history(at, seed);
  std::uint64_t pieces = 1 + dice() % 8;
  const auto some = [&](storage::journal&) {
    history.go_on(1 + dice() % 400);
    return --pieces > 0;
  };
  const std::string wrong = compare_rebuilds(at, some, run);
  run.add("events", at.log->head().value);
  run.add("people_erased", at.erased());
  if (!wrong.empty()) return wrong;
  return at.refused() == 0 && at.log->head().value == history.count() ? ""
                                                                      : "the log did not take all that it was told";
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
