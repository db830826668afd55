// Level 5 of the ladder of trust: journal, actors and projections, one step at a time in an order that a seed decides,
// held against a model of a few lines. Clients send with facts that are old by then, and repeat themselves; actors are
// let go and woken; appends fail; the disk fails; the process or the machine ends. A round is a server and 100
// schedules on it, each in a room of its own; at its end every row of every table is what a rebuild makes, one after
// the other or several at once.

#include "level_run.hpp"
#include "schedule.hpp"
#include "view_rows.hpp"

namespace palabre::trust {
namespace {

constexpr std::uint64_t schedules_per_round = 100;

/// Empty: all that the server's views hold is what the log makes of empty ones.
std::string compare_views(stepped_server& server, bool at_once, level_run& run) {
  if (const auto followed = server.project(); !followed) return followed.error().context;
  const auto are = rows_of(server.views());
  if (!are) return are.error().context;
  const auto should_be = at_once ? rows_folded_at_once(server.log()) : rebuilt_rows(server.log());
  if (!should_be) return should_be.error().context;
  run.add("rows_compared", are.value().size());
  return difference(are.value(), should_be.value());
}

void play_round(std::uint64_t seed, level_run& run) {
  schedule::stage stage;
  schedule::counts counted;
  stage.disk = std::make_shared<memory_disk>();
  stage.random = std::make_unique<seeded_randomness>(seed);
  stage.keys = std::make_unique<kept_keys>(*stage.random);
  auto started = stepped_server::start(stage.disk, stage.keys->seal(), *stage.random, stage.time);
  if (!started) return run.fail(seed, started.error().context);
  stage.server = std::move(started).value();
  std::string wrong;
  for (std::uint64_t i = 0; i < schedules_per_round && wrong.empty(); ++i) {
    wrong = schedule(seed * schedules_per_round + i, stage, counted).play();
    run.add("schedules");
    if (!wrong.empty()) wrong = "schedule " + std::to_string(i) + ": " + wrong;
  }
  if (wrong.empty()) wrong = compare_views(*stage.server, seed % 2 == 0, run);
  if (!wrong.empty()) run.fail(seed, wrong);
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
