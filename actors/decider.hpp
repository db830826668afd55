#pragma once
// The life of one aggregate, without CAF: hydrate, decide, append, and answer once it is durable. The actors of
// room.cpp and user.cpp are this behind a mailbox.

#include "actors/aggregates.hpp"
#include "actors/command_tallies.hpp"
#include "projections/record_seal.hpp"
#include "storage/event_log.hpp"
#include "storage/journal.hpp"
#include "storage/views_store.hpp"

#include <deque>
#include <functional>

namespace palabre::actors {

/// What all deciders share. Lifetime: outlives them.
struct decider_context {
  storage::event_log& log;
  storage::journal& journal;
  storage::views_store& views; ///< for snapshots
  const clock& time;
  const projections::record_seal* seal = nullptr; ///< null: nothing is sealed
  command_tallies* counted = nullptr;             ///< null: nobody counts
};

/// Decides commands in order of arrival, each against the state as it will be once all before it are durable. One
/// append is in flight; what comes meanwhile gathers into the next one. No answer leaves before everything it was
/// decided against is durable. Threads: one. Memory: state and what is in flight; nothing grows with history.
template <class Aggregate>
class decider {
public:
  using request_ptr = std::shared_ptr<const typename Aggregate::request>;
  /// Makes the callback for one append: it gets what became of it on the journal's thread, and has to bring it to
  /// hear() on this one. The callback, not the decider, keeps alive what it needs.
  using notify = std::function<std::function<void(append_result_ptr)>()>;

  decider(const decider_context& context, const stream_id& stream, notify tell)
      : context_(context), stream_(stream), tell_(std::move(tell)) {}

  /// Reads snapshot and tail; a tail that is long leaves a snapshot, so that it is read once.
  /// Errors: corrupt, from_the_future, io: nothing may be decided.
  result<void> hydrate();

  void receive(request_ptr request);

  /// False: the append failed; what waited is answered, and this decider must not be used again.
  bool hear(const append_result& appended);

  bool busy() const { return in_flight_ || !waiting_.empty(); }
  const Aggregate& aggregate() const { return aggregate_; }

private:
  /// A command that is decided and waits to be durable.
  struct decided_command {
    request_ptr request;
    std::size_t first = 0; ///< its records in the append, or, if it has none of this stream, among the notes
    std::size_t count = 0;
    bool only_notes = false;
    std::optional<error> refusal;
  };
  /// One append to be: the records of this stream, then the claims, then the notes. So what a command has is together
  /// if it is alone; of commands that were merged, the notes are behind the records of all.
  struct gathered {
    std::vector<storage::new_record> records; ///< of this stream, until they are handed to the journal
    std::vector<storage::stream_append> claims;
    std::vector<storage::stream_append> notes;
    std::vector<storage::idempotency> keys;
    std::vector<decided_command> commands;
    std::size_t before_notes = 0; ///< records of this stream and claims, once they are handed to the journal
    std::size_t own_records = 0;  ///< of this stream, once they are handed to the journal
    std::size_t bytes = 0;
    bool sealed = false;                 ///< takes no other command
    std::optional<std::string> snapshot; ///< the state it leads to, if one is due
    stream_version snapshot_version = 0;
  };

  /// Every answer goes out here.
  void answer(const typename Aggregate::request& request, result<outcome> with) const;
  void begin_from_snapshot();
  bool is_history(const storage::views_store::snapshot& what) const;
  std::string packed_state() const;
  bool answer_repeated(const request_ptr& request);
  const decided_command* find_pending(const storage::idempotency& key) const;
  result<outcome> replay(const storage::done_command& done) const;
  using decision = events::decided<typename Aggregate::event>;
  void take(request_ptr request, decision what, timestamp now);
  void take_nothing(request_ptr request, std::optional<error> refusal);
  /// What of a decision's events is to be sealed, each in its place, and with which key; empty: nothing.
  struct sealing {
    std::vector<events::divided_payload> parts;
    storage::data_key with;
  };
  result<sealing> prepare(const typename Aggregate::request& request, const decision& what) const;
  void gather(gathered& batch, const typename Aggregate::request& request, const decision& what, timestamp now,
              sealing seals);
  static bool stands_alone(const typename Aggregate::request& request, const decision& what);
  gathered& open_batch(bool alone);
  void make_snapshot(gathered& batch);
  void submit_next();
  void answer_all(const storage::appended& appended);
  void refuse_all(const error& why);
  result<outcome> answer_by_key(const typename Aggregate::request& request, const error& otherwise) const;

  const decider_context& context_;
  const stream_id stream_;
  const notify tell_;
  Aggregate aggregate_; ///< as it will be once all gathered events are durable
  std::optional<gathered> in_flight_;
  std::deque<gathered> waiting_;
  std::vector<request_ptr> repeats_; ///< of commands that are not durable yet
  stream_version snapshot_at_ = 0;   ///< version of the last snapshot that was made
};

extern template class decider<room_aggregate>;
extern template class decider<user_aggregate>;

} // namespace palabre::actors
