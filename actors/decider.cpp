#include "actors/decider.hpp"

#include "actors/stored_event.hpp"
#include "base/limits.hpp"

#include <algorithm>

namespace palabre::actors {
namespace {

/// One append of a room: small enough that the journal can put several into one batch.
constexpr std::size_t gathered_records_max = 512;
constexpr std::size_t gathered_bytes_max = 1024 * 1024;

} // namespace

template <class Aggregate>
result<void> decider<Aggregate>::hydrate() {
  PALABRE_TRY(auto snapshot, context_.views.find_snapshot(stream_));
  constexpr std::string_view shape = Aggregate::snapshot_shape;
  if (snapshot && std::string_view(snapshot->state).substr(0, shape.size()) == shape) {
    auto state = events::from_json<decltype(aggregate_.state)>("snapshot",
                                                               std::string_view(snapshot->state).substr(shape.size()));
    if (state && state.value().version == snapshot->version) { // any other is left aside: the log has it all
      aggregate_.state = std::move(state).value();
      snapshot_at_ = snapshot->version;
    }
  }
  std::optional<error> broken;
  PALABRE_TRY(
      context_.log.read_stream(stream_, aggregate_.version(), SIZE_MAX, [&](const storage::committed_record& r) {
        auto event = events::decode<typename Aggregate::event>(r.view.type, r.view.schema, r.view.payload);
        if (!event) {
          broken = std::move(event).error();
          return false;
        }
        aggregate_.evolve(event.value(), {r.view.version, r.view.time, r.view.actor});
        return true;
      }));
  if (broken) return std::move(*broken);
  aggregate_.hydrated();
  return success();
}

template <class Aggregate>
void decider<Aggregate>::receive(request_ptr request) {
  if (!request->origin.keys.empty() && answer_repeated(request)) return;
  const timestamp now = std::max(context_.time.now(), aggregate_.last_time()); // times of a stream never decrease
  auto decided = aggregate_.decide(*request, now);
  if (decided) return take(std::move(request), std::move(decided).value(), now);
  events::decided<typename Aggregate::event> refused;
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
        request->answer.answer(error{errc::key_reused, "this idempotency key is in use for another request"});
      return true;
    }
    auto done = context_.log.find_command(key.scope);
    if (!done) {
      request->answer.answer(std::move(done).error());
      return true;
    }
    if (!done.value()) continue;
    if (done.value()->request != key.request)
      request->answer.answer(error{errc::key_reused, "this idempotency key was used for another request"});
    else
      request->answer.answer(replay(*done.value()));
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

template <class Aggregate>
void decider<Aggregate>::take(request_ptr request, events::decided<typename Aggregate::event> what, timestamp now) {
  if (what.events.empty() && !busy()) { // rests on durable events alone
    if (what.refusal) return request->answer.answer(std::move(*what.refusal));
    outcome nothing;
    nothing.durable = context_.log.head();
    return request->answer.answer(std::move(nothing));
  }
  if (what.events.empty()) { // rests on events that are on their way: answered with the last of them
    gathered& last = waiting_.empty() ? *in_flight_ : waiting_.back();
    last.commands.push_back({std::move(request), last.records.size(), 0, std::move(what.refusal)});
    return;
  }
  gathered& batch = open_batch(!what.claims.empty() || Aggregate::stands_alone(*request));
  const std::size_t first = batch.records.size();
  std::vector<storage::idempotency> keys = request->origin.keys;
  for (storage::idempotency& key : keys)
    key.records = static_cast<std::uint16_t>(what.events.size() + what.claims.size());
  batch.keys.insert(batch.keys.end(), keys.begin(), keys.end());
  for (const auto& event : what.events) {
    batch.records.push_back(
        stored_event(stream_, events::encode(event), request->origin, now, std::exchange(keys, {})));
    batch.bytes += batch.records.back().size();
    aggregate_.evolve(event, {aggregate_.version() + 1, now, request->origin.actor});
  }
  for (const events::claim& claim : what.claims) {
    storage::stream_append append{claim.name, storage::expectation::any(), {}};
    // `claimed` and `released` alternate, so a name is free at even versions, and only whoever holds it gives it back.
    if (claim.event.type.ends_with(".claimed")) append.expected = storage::expectation::even();
    append.records.push_back(stored_event(claim.name, claim.event, request->origin, now, {}));
    batch.claims.push_back(std::move(append));
  }
  const std::size_t count = batch.records.size() - first + what.claims.size();
  batch.commands.push_back({std::move(request), first, count, std::move(what.refusal)});
  if (!in_flight_) submit_next();
}

template <class Aggregate>
auto decider<Aggregate>::open_batch(bool alone) -> gathered& {
  const bool room = !waiting_.empty() && !alone && !waiting_.back().sealed &&
                    waiting_.back().records.size() < gathered_records_max && waiting_.back().bytes < gathered_bytes_max;
  if (!room) waiting_.emplace_back();
  waiting_.back().sealed = alone;
  return waiting_.back();
}

template <class Aggregate>
void decider<Aggregate>::submit_next() {
  in_flight_ = std::move(waiting_.front());
  waiting_.pop_front();
  const stream_version after = aggregate_.version();
  stream_version behind = 0; // events decided after this append
  for (const gathered& batch : waiting_) behind += batch.records.size();
  if (waiting_.empty() && after >= snapshot_at_ + limits::snapshot_interval) {
    in_flight_->snapshot = std::string(Aggregate::snapshot_shape);
    events::append_json(*in_flight_->snapshot, aggregate_.state, events::secrets::stored);
    snapshot_at_ = after;
  }
  storage::append append;
  const stream_version before = after - behind - in_flight_->records.size();
  append.streams.push_back({stream_, storage::expectation::exactly(before), std::move(in_flight_->records)});
  for (storage::stream_append& claim : in_flight_->claims) append.streams.push_back(std::move(claim));
  append.keys = in_flight_->keys;
  const auto tell = tell_();
  append.done = [tell](result<storage::appended> done) {
    tell(std::make_shared<const append_result>(append_result{std::move(done)}));
  };
  if (auto taken = context_.journal.submit(std::move(append)); !taken)
    tell(std::make_shared<const append_result>(append_result{std::move(taken).error()}));
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
      command.request->answer.answer(*command.refusal);
      continue;
    }
    outcome o;
    o.appended = {appended.batch, appended.first + command.first, command.count};
    o.durable = appended.last();
    command.request->answer.answer(std::move(o));
  }
  std::vector<request_ptr> again;
  again.swap(repeats_);
  for (request_ptr& request : again)
    if (!answer_repeated(request)) receive(std::move(request)); // the first was refused: this one is the first now
  if (done.snapshot) {
    const auto& last = appended[appended.count - done.claims.size() - 1].view; // claims come last
    // Disposable: if it cannot be kept, the next activation reads a longer tail.
    (void)context_.views.put_snapshot(stream_, last.version, *done.snapshot);
  }
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
      command.request->answer.answer(answer_by_key(*command.request, dropped));
    else if (why.code == errc::version_mismatch)
      command.request->answer.answer(alone && command.count > 0 ? why : dropped);
    else
      command.request->answer.answer(why);
  }
  for (const gathered& batch : waiting_)
    for (const decided_command& command : batch.commands) command.request->answer.answer(dropped);
  waiting_.clear();
  for (const request_ptr& request : repeats_) request->answer.answer(dropped);
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
