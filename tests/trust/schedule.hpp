#pragma once
// One schedule: commands sent and steps taken in an order that a seed decides, and then the question whether what came
// of it could have come of one command after the other.

#include "kept_keys.hpp"
#include "room_model.hpp"
#include "stepped_server.hpp"

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace palabre::trust {

/// What became of a command.
struct sent_command {
  events::room_command command;
  user_id actor;
  std::vector<storage::idempotency> keys;
  stream_version durable_before = 0; ///< the room's version when it was sent
  stream_version facts_at = 0;
  std::optional<result<actors::outcome>> answer;
  stream_version durable_at_answer = 0;
  bool in_doubt = false; ///< its server ended before it answered
};

/// Every command is right about some state that was durable between its sending and its answer: a refusal and "nothing
/// to do" rest on it, events stand right behind it. Everything acknowledged is in the log, nothing twice, nothing that
/// nobody sent.
class schedule {
public:
  struct counts {
    std::uint64_t steps = 0, commands = 0, acked = 0, refused = 0, replayed = 0, dropped = 0, crashes = 0, faults = 0,
                  sweeps = 0, intrusions = 0;
  };

  /// The server that the schedules share; a crash replaces it.
  struct stage {
    std::shared_ptr<memory_disk> disk;
    ticking_clock time;
    std::unique_ptr<seeded_randomness> random;
    std::unique_ptr<kept_keys> keys;
    std::unique_ptr<stepped_server> server;
  };

  schedule(std::uint64_t seed, stage& on, counts& counted);

  /// Empty: all is as it must be.
  std::string play();

private:
  struct state_of_log {
    std::vector<room_model> models;                           ///< by version
    std::map<std::uint64_t, std::vector<std::string>> events; ///< by command
    std::map<std::uint64_t, stream_version> before;           ///< the version before its first event
    std::map<std::uint64_t, position> first;
  };

  std::uint64_t roll(std::uint64_t sides) { return dice_() % sides; }
  bool create_room();
  void take_step();
  void send(events::room_command command, user_id actor, std::vector<storage::idempotency> keys);
  void send_something();
  events::room_command random_command();
  events::room_command administrate(std::uint64_t what);
  events::room_command moderate(std::uint64_t what);
  void repeat_something();
  void intrude();
  void project();
  void break_disk();
  std::string crash();
  stream_version durable() const;
  void judge(std::uint64_t steps);

  std::string read_log(state_of_log& is) const;
  std::string check(std::uint64_t number, const state_of_log& is) const;
  std::string check_keys(const state_of_log& is) const;
  std::string check_success(std::uint64_t number, const state_of_log& is) const;
  bool was_right(const sent_command& c, const room_model::expectation& said, const state_of_log& is) const;
  std::string check_views(const room_model& last) const;

  std::mt19937_64 dice_;
  stage& on_;
  counts& counted_;
  room_id room_;
  std::vector<user_id> people_;
  std::vector<message_id> posted_;
  std::map<std::uint64_t, std::shared_ptr<sent_command>> commands_; ///< by number, which is their correlation
  std::string wrong_;
};

} // namespace palabre::trust
