#pragma once
// People with a presence, over a real log and real views: what the desk commands is decided and appended as an actor
// would, when a test says so.

#include "edge_fixture.hpp"

#include <map>

namespace palabre::http {

class presence_fixture : public edge_fixture {
protected:
  using status = events::presence_status;

  explicit presence_fixture(edge_settings with = {}) : edge_fixture(std::move(with)) {
    journal_.add_listener([this](const storage::committed_batch_ptr& batch) { presence.hear(*batch); });
  }

  user_id someone() {
    const user_id user = a_user();
    events::evolve(accounts_[user], events::user_registered{}, {1, time.now(), user});
    return user;
  }
  void set(user_id user, events::user_command command) {
    actors::user_request request;
    request.user = user;
    request.command = std::move(command);
    request.origin.actor = user;
    request.answer =
        actors::reply<actors::outcome>([](const result<actors::outcome>& done) { PALABRE_ASSERT(done.has_value()); });
    gateway.send(std::move(request));
    carry_out();
  }
  /// Answers every command there is, and folds what came of it. How many there were.
  std::size_t carry_out() {
    std::vector<actors::user_request> waiting;
    waiting.swap(gateway.users);
    for (actors::user_request& request : waiting) request.answer.answer(outcome_of(request));
    catch_up();
    return waiting.size();
  }
  /// In the log, as if it had been decided, and not in the views.
  void appears(user_id user, const events::user_event& event) {
    storage::append what;
    what.streams.push_back({events::stream_of(user), storage::expectation::any(), {record_of(user, event)}});
    what.done = [](const result<storage::appended>&) {};
    append(std::move(what));
  }
  /// A record that was never in the log.
  storage::committed_record a_joining(room_id in) {
    const auto form = events::encode_one(joined(a_user()));
    storage::record r;
    r.stream = events::stream_of(in);
    r.schema = form.schema;
    r.type = form.type;
    r.payload = form.payload;
    std::string stored = storage::encode(r);
    const auto view = storage::decode(stored).value();
    return {std::move(stored), view, {}};
  }
  std::size_t presence_events() const { return appended_; }

private:
  result<actors::outcome> outcome_of(const actors::user_request& request) {
    events::user_state& account = accounts_[request.user];
    PALABRE_TRY(const auto decided, events::decide(account, request.command, {request.origin.actor, time.now()}));
    actors::outcome done;
    done.durable = log.head();
    if (decided.events.empty()) return done;
    storage::append what;
    what.streams.push_back({events::stream_of(request.user), storage::expectation::any(), {}});
    for (const events::user_event& event : decided.events) {
      events::evolve(account, event, {account.version + 1, time.now(), request.user});
      what.streams.back().records.push_back(record_of(request.user, event));
    }
    what.done = [&](result<storage::appended> appended) { done.appended = std::move(appended).value(); };
    append(std::move(what));
    appended_ += decided.events.size();
    done.durable = done.appended.last();
    return done;
  }
  void append(storage::append what) {
    PALABRE_ASSERT(journal_.submit(std::move(what)).has_value());
    while (journal_.step()) {
    }
  }
  std::string record_of(user_id user, const events::user_event& event) const {
    const auto form = events::encode(event);
    storage::record r;
    r.stream = events::stream_of(user);
    r.time = time.now();
    r.actor = user;
    r.schema = form.schema;
    r.type = form.type;
    r.correlation = "test";
    r.payload = form.payload;
    return storage::encode(r);
  }

  std::map<user_id, events::user_state> accounts_;
  std::size_t appended_ = 0;
};

} // namespace palabre::http
