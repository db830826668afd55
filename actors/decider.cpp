#include "actors/decider.hpp"

#include "actors/stored_event.hpp"
#include "base/limits.hpp"

#include <algorithm>

namespace palabre::actors {
namespace {

/// One append of a room: small enough that the journal can put several into one batch.
constexpr std::size_t gathered_records_max = 512;
constexpr std::size_t gathered_bytes_max = 1024 * 1024;

/// How many of its records a command answers, which are together in the log: a key says so many, from the one on that
/// has it.
template <class Decision>
std::size_t answered_records(const Decision& what) {
  if (!what.claims.empty()) return what.events.size() + what.claims.size() + what.notes.size();
  return what.events.empty() ? what.notes.size() : what.events.size();
}

} // namespace

template <class Aggregate>
result<void> decider<Aggregate>::hydrate() {
  begin_from_snapshot();
  std::optional<error> broken;
  sha256_digest last{};
  PALABRE_TRY(
      context_.log.read_stream(stream_, aggregate_.version(), SIZE_MAX, [&](const storage::committed_record& r) {
        auto event = events::decode<typename Aggregate::event>(r.view.type, r.view.schema, r.view.payload);
        if (!event) {
          broken = std::move(event).error();
          return false;
        }
        aggregate_.evolve(event.value(), {r.view.version, r.view.time, r.view.actor});
        last = r.hash;
        return true;
      }));
  if (broken) return std::move(*broken);
  if (aggregate_.version() >= snapshot_at_ + limits::snapshot_interval) {
    snapshot_at_ = aggregate_.version();
    // Disposable: if it cannot be kept, the next activation reads as much.
    (void)context_.views.put_snapshot(stream_, {snapshot_at_, last, packed_state()});
  }
  aggregate_.hydrated();
  return success();
}

/// Any that cannot be used is left aside: the log has it all.
template <class Aggregate>
void decider<Aggregate>::begin_from_snapshot() {
  const auto found = context_.views.find_snapshot(stream_);
  if (!found || !found.value() || !is_history(*found.value())) return;
  const storage::views_store::snapshot& snapshot = *found.value();
  constexpr std::string_view shape = Aggregate::snapshot_shape;
  if (!std::string_view(snapshot.state).starts_with(shape)) return;
  auto state =
      events::from_json<decltype(aggregate_.state)>("snapshot", std::string_view(snapshot.state).substr(shape.size()));
  if (!state || state.value().version != snapshot.version) return;
  aggregate_.state = std::move(state).value();
  snapshot_at_ = snapshot.version;
}

/// Whether it sums up what the log holds: the hash of its record stands for all before it. One that is ahead of the
/// log, or of a history that was given up, is not.
template <class Aggregate>
bool decider<Aggregate>::is_history(const storage::views_store::snapshot& what) const {
  const auto at = context_.log.find_version(stream_, what.version);
  if (!at || !at.value()) return false;
  const auto record = context_.log.read(*at.value());
  return record && record.value().hash == what.at;
}

template <class Aggregate>
std::string decider<Aggregate>::packed_state() const {
  std::string packed(Aggregate::snapshot_shape);
  events::append_json(packed, aggregate_.state, events::secrets::stored);
  return packed;
}

template <class Aggregate>
void decider<Aggregate>::answer(const typename Aggregate::request& request, result<outcome> with) const {
  if (context_.counted) context_.counted->count(with);
  request.answer.answer(std::move(with));
}

template <class Aggregate>
void decider<Aggregate>::receive(request_ptr request) {
  if (!request->origin.keys.empty() && answer_repeated(request)) return;
  const timestamp now = std::max(context_.time.now(), aggregate_.last_time()); // times of a stream never decrease
  auto decided = aggregate_.decide(*request, now);
  if (decided) return take(std::move(request), std::move(decided).value(), now);
  decision refused;
  refused.refusal = std::move(decided).error();
  take(std::move(request), std::move(refused), now);
}

/// A command that came before: answered from the log, or, while that is not durable yet, when it is.
template <class Aggregate>
bool decider<Aggregate>::answer_repeated(const request_ptr& request) {
  for (const storage::idempotency& key : request->origin.keys) {
    if (const decided_command* pending = find_pending(key)) {
      const auto& keys = pending->request->origin.keys;
      const bool same = std::any_of(keys.begin(), keys.end(), [&](const auto& k) { return k.request == key.request; });
      if (same)
        repeats_.push_back(request);
      else
        answer(*request, error{errc::key_reused, "this idempotency key is in use for another request"});
      return true;
    }
    auto done = context_.log.find_command(key.scope);
    if (!done) {
      answer(*request, std::move(done).error());
      return true;
    }
    if (!done.value()) continue;
    if (done.value()->request != key.request)
      answer(*request, error{errc::key_reused, "this idempotency key was used for another request"});
    else
      answer(*request, replay(*done.value()));
    return true;
  }
  return false;
}

template <class Aggregate>
auto decider<Aggregate>::find_pending(const storage::idempotency& key) const -> const decided_command* {
  const auto in = [&](const gathered& batch) -> const decided_command* {
    const bool holds =
        std::any_of(batch.keys.begin(), batch.keys.end(), [&](const auto& k) { return k.scope == key.scope; });
    if (!holds) return nullptr;
    for (const decided_command& command : batch.commands)
      for (const storage::idempotency& k : command.request->origin.keys)
        if (k.scope == key.scope && command.count > 0) return &command;
    return nullptr;
  };
  if (in_flight_)
    if (const auto* found = in(*in_flight_)) return found;
  for (const gathered& batch : waiting_)
    if (const auto* found = in(batch)) return found;
  return nullptr;
}

template <class Aggregate>
result<outcome> decider<Aggregate>::replay(const storage::done_command& done) const {
  auto records = std::make_shared<std::vector<storage::committed_record>>();
  records->reserve(done.count);
  for (std::uint32_t i = 0; i < done.count; ++i) {
    PALABRE_TRY(auto record, context_.log.read({done.first.value + i}));
    records->push_back(std::move(record));
  }
  outcome o;
  o.replayed_records = std::move(records);
  o.replayed = true;
  o.first_status = done.status;
  o.durable = {done.first.value + done.count - 1};
  return o;
}

/// Claims may fail by themselves, and must not take others with them. Notes that a key counts are together only if
/// nobody else's are between.
template <class Aggregate>
bool decider<Aggregate>::stands_alone(const typename Aggregate::request& request, const decision& what) {
  return !what.claims.empty() || (what.events.empty() && !request.origin.keys.empty()) ||
         Aggregate::stands_alone(request);
}

template <class Aggregate>
void decider<Aggregate>::take(request_ptr request, decision what, timestamp now) {
  if (what.events.empty() && what.notes.empty()) return take_nothing(std::move(request), std::move(what.refusal));
  auto seals = prepare(*request, what);
  if (!seals) return take_nothing(std::move(request), std::move(seals).error());
  const bool alone = stands_alone(*request, what);
  gathered& batch = open_batch(alone);
  decided_command command;
  command.only_notes = what.events.empty();
  command.first = command.only_notes ? batch.notes.size() : batch.records.size();
  command.count = answered_records(what);
  gather(batch, *request, what, now, std::move(seals).value());
  command.request = std::move(request);
  command.refusal = std::move(what.refusal);
  batch.commands.push_back(std::move(command));
  if (!in_flight_) submit_next();
}

/// Nothing to append: answered now if what it rests on is durable, else with the last that is on its way.
template <class Aggregate>
void decider<Aggregate>::take_nothing(request_ptr request, std::optional<error> refusal) {
  if (busy()) {
    gathered& last = waiting_.empty() ? *in_flight_ : waiting_.back();
    decided_command command;
    command.request = std::move(request);
    command.refusal = std::move(refusal);
    last.commands.push_back(std::move(command));
    return;
  }
  if (refusal) return answer(*request, std::move(*refusal));
  outcome nothing;
  nothing.durable = context_.log.head();
  answer(*request, std::move(nothing));
}

/// The key is there before anything rests on it: a person's first words make it.
template <class Aggregate>
auto decider<Aggregate>::prepare(const typename Aggregate::request& request, const decision& what) const
    -> result<sealing> {
  sealing seals;
  const user_id person = projections::person_of(stream_, request.origin.actor);
  if (context_.seal == nullptr || person.is_nil()) return seals;
  for (const auto& event : what.events) seals.parts.push_back(events::divide(event));
  const bool any = std::any_of(seals.parts.begin(), seals.parts.end(), [](auto& p) { return !p.personal.empty(); });
  if (any) {
    PALABRE_TRY(seals.with, context_.seal->keys().key_of(person));
  }
  return seals;
}

/// Puts what was decided into an append to be, the keys on its first record, and evolves the state.
template <class Aggregate>
void decider<Aggregate>::gather(gathered& batch, const typename Aggregate::request& request, const decision& what,
                                timestamp now, sealing seals) {
  std::vector<storage::idempotency> keys = request.origin.keys;
  for (storage::idempotency& key : keys) key.records = static_cast<std::uint16_t>(answered_records(what));
  batch.keys.insert(batch.keys.end(), keys.begin(), keys.end());
  const auto stored = [&](const stream_id& stream, const events::encoded_event& event,
                          projections::sealed_payload sealed = {}) {
    auto record = stored_event(stream, event, request.origin, now, std::exchange(keys, {}), std::move(sealed));
    batch.bytes += record.stored.size() + record.opened.size();
    return record;
  };
  for (std::size_t i = 0; i < what.events.size(); ++i) {
    const auto& event = what.events[i];
    const events::encoded_event encoded = events::encode(event);
    projections::sealed_payload sealed;
    if (i < seals.parts.size() && !seals.parts[i].personal.empty())
      sealed = context_.seal->seal(stream_, aggregate_.version() + 1, encoded, std::move(seals.parts[i]), seals.with);
    batch.records.push_back(stored(stream_, encoded, std::move(sealed)));
    aggregate_.evolve(event, {aggregate_.version() + 1, now, request.origin.actor});
  }
  for (const events::claim& claim : what.claims) {
    storage::stream_append append{claim.name, storage::expectation::any(), {}};
    // `claimed` and `released` alternate, so a name is free at even versions, and only whoever holds it gives it back.
    if (claim.event.type.ends_with(".claimed")) append.expected = storage::expectation::even();
    append.records.push_back(stored(claim.name, claim.event));
    batch.claims.push_back(std::move(append));
  }
  for (const events::note& note : what.notes) {
    storage::stream_append append{note.to, storage::expectation::any(), {}};
    append.records.push_back(stored(note.to, note.event));
    batch.notes.push_back(std::move(append));
  }
}

template <class Aggregate>
auto decider<Aggregate>::open_batch(bool alone) -> gathered& {
  const auto has_room = [](const gathered& batch) {
    return !batch.sealed && batch.records.size() + batch.notes.size() < gathered_records_max &&
           batch.bytes < gathered_bytes_max;
  };
  if (waiting_.empty() || alone || !has_room(waiting_.back())) waiting_.emplace_back();
  waiting_.back().sealed = alone;
  return waiting_.back();
}

template <class Aggregate>
void decider<Aggregate>::submit_next() {
  in_flight_ = std::move(waiting_.front());
  waiting_.pop_front();
  gathered& batch = *in_flight_;
  stream_version behind = 0; // events decided after this append
  for (const gathered& later : waiting_) behind += later.records.size();
  if (behind == 0) make_snapshot(batch);
  storage::append append;
  const stream_version before = aggregate_.version() - behind - batch.records.size();
  batch.own_records = batch.records.size();
  batch.before_notes = batch.records.size() + batch.claims.size();
  if (!batch.records.empty())
    append.streams.push_back({stream_, storage::expectation::exactly(before), std::move(batch.records)});
  for (storage::stream_append& claim : batch.claims) append.streams.push_back(std::move(claim));
  for (storage::stream_append& note : batch.notes) append.streams.push_back(std::move(note));
  append.keys = batch.keys;
  const auto tell = tell_();
  append.done = [tell](result<storage::appended> done) {
    tell(std::make_shared<const append_result>(append_result{std::move(done)}));
  };
  if (auto taken = context_.journal.submit(std::move(append)); !taken)
    tell(std::make_shared<const append_result>(append_result{std::move(taken).error()}));
}

/// If one is due. Requires: no event was decided after this append, which the state then rests on.
template <class Aggregate>
void decider<Aggregate>::make_snapshot(gathered& batch) {
  const stream_version version = aggregate_.version();
  if (version < snapshot_at_ + limits::snapshot_interval) return;
  batch.snapshot = packed_state();
  batch.snapshot_version = snapshot_at_ = version;
}

template <class Aggregate>
bool decider<Aggregate>::hear(const append_result& appended) {
  if (!appended.what) {
    refuse_all(appended.what.error());
    return false;
  }
  answer_all(appended.what.value());
  return true;
}

template <class Aggregate>
void decider<Aggregate>::answer_all(const storage::appended& appended) {
  const gathered done = std::move(*in_flight_);
  in_flight_.reset();
  if (!waiting_.empty()) submit_next(); // the disk first, then the answers
  for (const decided_command& command : done.commands) {
    if (command.refusal) {
      answer(*command.request, *command.refusal);
      continue;
    }
    outcome o;
    const std::size_t first = command.first + (command.only_notes ? done.before_notes : 0);
    o.appended = {appended.batch, appended.first + first, command.count};
    o.durable = appended.last();
    answer(*command.request, std::move(o));
  }
  std::vector<request_ptr> again;
  again.swap(repeats_);
  for (request_ptr& request : again)
    if (!answer_repeated(request)) receive(std::move(request)); // the first was refused: this one is the first now
  // Disposable: if it cannot be kept, the next activation reads a longer tail.
  if (!done.snapshot || done.own_records == 0) return;
  const storage::committed_record& last = appended[done.own_records - 1];
  if (last.view.version == done.snapshot_version)
    (void)context_.views.put_snapshot(stream_, {done.snapshot_version, last.hash, *done.snapshot});
}

/// What was decided behind a failed append rests on events that never happened, and of what was gathered in it only the
/// command at fault hears why: the others have done nothing wrong and can come again.
template <class Aggregate>
void decider<Aggregate>::refuse_all(const error& why) {
  const gathered failed = std::move(*in_flight_);
  in_flight_.reset();
  const error dropped{errc::abandoned, "another change failed first; try again"};
  const bool alone = failed.commands.size() == 1 || failed.sealed;
  for (const decided_command& command : failed.commands) {
    if (why.code == errc::already_done || why.code == errc::key_reused)
      answer(*command.request, answer_by_key(*command.request, dropped));
    else if (why.code == errc::version_mismatch)
      answer(*command.request, alone && command.count > 0 ? why : dropped);
    else
      answer(*command.request, why);
  }
  for (const gathered& batch : waiting_)
    for (const decided_command& command : batch.commands) answer(*command.request, dropped);
  waiting_.clear();
  for (const request_ptr& request : repeats_) answer(*request, dropped);
  repeats_.clear();
}

/// The same key went to another actor at the same time (each new room is one), and the journal has told them apart.
template <class Aggregate>
result<outcome> decider<Aggregate>::answer_by_key(const typename Aggregate::request& request,
                                                  const error& otherwise) const {
  for (const storage::idempotency& key : request.origin.keys) {
    PALABRE_TRY(const auto done, context_.log.find_command(key.scope));
    if (!done) continue;
    if (done->request != key.request)
      return error{errc::key_reused, "this idempotency key was used for another request"};
    return replay(*done);
  }
  return otherwise;
}

template class decider<room_aggregate>;
template class decider<user_aggregate>;

} // namespace palabre::actors
