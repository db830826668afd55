#pragma once
#include "bench/load/invention.hpp"
#include "events/room.hpp"
#include "events/user.hpp"
#include "projections/record_seal.hpp"
#include "storage/journal.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace palabre::bench {

/// Accounts, rooms and what is said in them, one command after the other, as a log would have it: few rooms have most
/// of the people and most of the talk; of a hundred things that happen, 85 are messages (a tenth of them replies), ten
/// are reactions put or taken back, three edits and two deletions. Every event is decided by the rules of events/, so
/// that none is in the log that could not have come there. Times are a minute apart on average in a quiet community and
/// lie in the past. Words are sealed, as a server seals them.
///
/// The same seed gives the same ids, words and times; the streams of logins and share codes depend on the name key.
/// Memory: grows with people and rooms, not with events. Threads: one.
class invented_community {
public:
  struct plan {
    std::uint64_t events = 200'000;
    std::uint64_t seed = 1;
    std::size_t body_bytes = 128; ///< of a message
    static constexpr std::uint64_t events_min = 1'000;
  };

  /// `name_key`: see events/streams.hpp. `seal`: null: nothing is sealed. Requires: plan::events_min events or more.
  invented_community(const plan& what, std::string name_key, const projections::record_seal* seal = nullptr);

  /// The next command's append. Requires: is_over() is false; those before it are appended, in this order.
  storage::append next();
  /// As many events were made as were planned.
  bool is_over() const { return made_ == plan_.events; }
  std::uint64_t made() const { return made_; }

private:
  struct person {
    user_id id;
    std::string name;
  };
  struct message {
    events::message_fact fact;
    message_id id;
    std::size_t author; ///< of all people
    std::vector<std::pair<std::size_t, std::string>> reactions;
  };
  struct room {
    room_id id;
    events::room_state state;
    std::vector<std::size_t> members; ///< the first is the owner
    std::deque<message> recent;       ///< what people still talk about
  };

  storage::append register_someone();
  storage::append open_a_room();
  storage::append join_a_room();
  storage::append talk();
  std::optional<storage::append> react(room& in);
  std::optional<storage::append> edit(room& in);
  std::optional<storage::append> remove(room& in);
  storage::append post(room& in);
  std::optional<storage::append> command(room& in, std::size_t who, const events::room_command& what,
                                         const events::room_facts& facts);
  events::room_facts facts_about(const room& in, std::size_t who, const message* about) const;
  message* living(room& in);
  timestamp later();
  template <class Event>
  storage::append stored(const stream_id& stream, stream_version version, timestamp time, user_id actor,
                         const events::decided<Event>& what);

  const plan plan_;
  const std::string name_key_;
  const projections::record_seal* const seal_;
  invention invent_;
  std::vector<person> people_;
  std::vector<room> rooms_;
  std::vector<double> talk_of_; ///< of each room, summed up
  std::size_t people_wanted_, rooms_wanted_;
  std::size_t joining_ = 0; ///< the room that people join just now; all before it are complete
  double now_ms_;
  double gap_ms_;
  std::uint64_t made_ = 0;
};

} // namespace palabre::bench
