#pragma once
// What the edge stands on, without threads: a real log and real views in a temporary directory, both moved by hand, and
// actors that answer what a test tells them to.

#include "base/assert.hpp"
#include "events/inbox.hpp"
#include "http/api.hpp"
#include "http/hasher.hpp"
#include "http/presence/presence_desk.hpp"
#include "http/read_positions.hpp"
#include "projections/tables.hpp"
#include "running.hpp"
#include "storage/journal.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <unistd.h>

namespace palabre::http {

class stopped_clock final : public clock {
public:
  timestamp now() const override { return at; }
  timestamp at{1'800'000'000'000};
};

/// Keeps requests until a test answers them.
class scripted_gateway final : public actors::gateway {
public:
  void send(actors::room_request request) override { rooms.push_back(std::move(request)); }
  void send(actors::user_request request) override { users.push_back(std::move(request)); }

  std::vector<actors::room_request> rooms;
  std::vector<actors::user_request> users;
};

class temporary_directory {
public:
  temporary_directory() {
    path_ = (std::filesystem::temp_directory_path() / "palabre-edge-XXXXXX").string();
    PALABRE_ASSERT(mkdtemp(path_.data()) != nullptr);
  }
  ~temporary_directory() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
  std::string path_;
};

class edge_fixture : public ::testing::Test {
protected:
  explicit edge_fixture(edge_settings with = {}) : settings(std::move(with)) {
    journal_.add_listener([this](const storage::committed_batch_ptr& batch) { views.feed(batch); });
  }

  user_id a_user() { return user_id{random.next_id(time.now())}; }
  room_id a_room() { return room_id{random.next_id(time.now())}; }

  /// Appends to a room's stream and commits; the views do not know yet.
  template <class... Event>
  void happened(room_id in, user_id actor, const Event&... event) {
    append(events::stream_of(in), actor, event...);
  }
  /// The same, to the inbox of a user.
  template <class... Event>
  void told(user_id to, const Event&... event) {
    append(events::inbox_of(to), to, event...);
  }
  template <class... Event>
  void append(const stream_id& to, user_id actor, const Event&... event) {
    storage::append what;
    what.streams.push_back({to, storage::expectation::any(), {encoded(to, actor, event)...}});
    what.done = [](result<storage::appended> done) { PALABRE_ASSERT(done.has_value()); };
    PALABRE_ASSERT(journal_.submit(std::move(what)).has_value());
    while (journal_.step()) {
    }
  }
  void catch_up() { PALABRE_ASSERT(views.catch_up().has_value()); }

  room_id room_of(user_id owner, events::visibility visible) {
    const room_id room = a_room();
    events::room_created created;
    created.settings.name = "a room";
    created.settings.visibility = visible;
    created.share_code.value = "0123456789";
    happened(room, owner, created, joined(owner, events::role::owner));
    return room;
  }
  static events::member_joined joined(user_id who, events::role as = events::role::member) {
    events::member_joined event;
    event.user = who;
    event.role = as;
    return event;
  }

  std::string token_of(user_id user) {
    return tokens.issue({user, session_id{random.next_id(time.now())}, timestamp{time.at.ms + 900'000}});
  }

  const edge_settings settings;
  boost::asio::io_context io;
  stopped_clock time;
  system_randomness random;
  temporary_directory root;
  std::unique_ptr<storage::event_log> log_ =
      opened(storage::event_log::open(root / "log", storage::event_log::access::read_write, random));
  storage::journal journal_{*log_};
  std::unique_ptr<storage::views_store> store_ =
      opened(storage::views_store::open(root / "views", projections::tables::forms, "test"));
  projections::timeline timeline_fold;
  projections::roster roster_fold;
  projections::users users_fold;
  projections::presence presence_fold;
  projections::reading reading_fold;
  projections::belongings belongings_fold;
  projections::reports reports_fold;
  projections::projector views{
      *log_,
      *store_,
      {&timeline_fold, &roster_fold, &users_fold, &presence_fold, &reading_fold, &belongings_fold, &reports_fold}};
  projections::log_reader log{*log_};
  projections::profiles profiles{*store_};
  projections::timeline_queries timeline{*store_, profiles};
  projections::roster_queries roster{*store_};
  projections::invitation_queries invitations{*store_};
  projections::user_queries users{*store_};
  projections::presence_queries presences{*store_};
  scripted_gateway gateway;
  presence_desk presence{{gateway, views, log, presences, roster, time, settings}, random};
  token_authority tokens{std::string(32, 'k'), time};
  password_hasher hasher{random};
  projections::reading_queries reading{*store_};
  projections::belongings_queries belongings{*store_};
  projections::report_queries reports{*store_};
  projections::past_queries past{*store_, log, profiles};
  read_positions reads{gateway};
  services edge{gateway,
                views,
                log,
                timeline,
                roster,
                invitations,
                users,
                profiles,
                presence,
                tokens,
                hasher,
                reading,
                belongings,
                reports,
                past,
                reads,
                time,
                random,
                std::string(32, 'n'),
                settings,
                {}};

private:
  template <class T>
  static T opened(result<T> what) {
    if (!what) throw std::runtime_error(what.error().context);
    return std::move(what).value();
  }
  template <class Event>
  std::string encoded(const stream_id& in, user_id actor, const Event& event) {
    const auto form = events::encode_one(event);
    storage::record r;
    r.stream = in;
    r.time = time.now();
    r.actor = actor;
    r.schema = form.schema;
    r.type = form.type;
    r.correlation = "test";
    r.payload = form.payload;
    return storage::encode(r);
  }
};

} // namespace palabre::http
