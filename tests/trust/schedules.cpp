// Level 5 of the ladder of trust: journal, actors and projections, one step at a time in an order that a seed decides,
// held against a model of a few lines. Clients send with facts that are old by then, and repeat themselves; actors are
// let go and woken; appends fail; the disk fails; the process or the machine ends. A round is a server and 100
// schedules on it, each in a room of its own.

#include "level_run.hpp"
#include "schedule.hpp"

namespace palabre::trust {
namespace {

constexpr std::uint64_t schedules_per_round = 100;

void play_round(std::uint64_t seed, level_run& run) {
  schedule::stage stage;
  schedule::counts counted;
  stage.disk = std::make_shared<memory_disk>();
  stage.random = std::make_unique<seeded_randomness>(seed);
  auto started = stepped_server::start(stage.disk, *stage.random, stage.time);
  if (!started) return run.fail(seed, started.error().context);
  stage.server = std::move(started).value();
  for (std::uint64_t i = 0; i < schedules_per_round; ++i) {
    const std::string wrong = schedule(seed * schedules_per_round + i, stage, counted).play();
    run.add("schedules");
    if (wrong.empty()) continue;
    run.fail(seed, "schedule " + std::to_string(i) + ": " + wrong);
    break;
  }
  const std::pair<const char*, std::uint64_t> all[] = {
      {"steps", counted.steps},          {"commands", counted.commands}, {"acked", counted.acked},
      {"refused", counted.refused},      {"replayed", counted.replayed}, {"dropped", counted.dropped},
      {"crashes", counted.crashes},      {"faults", counted.faults},     {"sweeps", counted.sweeps},
      {"intrusions", counted.intrusions}};
  for (const auto& [what, count] : all) run.add(what, count);
}

} // namespace
} // namespace palabre::trust

int main(int argc, char** argv) {
  palabre::trust::level_run run(argc, argv, "schedules", 60);
  while (const auto seed = run.next()) palabre::trust::play_round(*seed, run);
  return run.finish();
}
