#pragma once
// A log that tests write into, and the views over it.

#include "known_ids.hpp"

#include "projections/belongings.hpp"
#include "projections/presence.hpp"
#include "projections/profiles.hpp"
#include "projections/projector.hpp"
#include "projections/reading.hpp"
#include "projections/reports.hpp"
#include "projections/roster.hpp"
#include "projections/tables.hpp"
#include "projections/timeline.hpp"
#include "projections/users.hpp"
#include "storage/journal.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace palabre::projections::testing {

/// Every row of every table.
using all_rows = std::vector<std::pair<std::string, std::string>>;

class world {
public:
  world() {
    std::string pattern = ::testing::TempDir() + "views.XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    log = storage::event_log::open(directory_ + "/log", storage::event_log::access::read_write, random).value();
    journal = std::make_unique<storage::journal>(*log);
    journal->add_listener([this](const storage::committed_batch_ptr& batch) { committed.push_back(batch); });
    open_views("views");
  }
  ~world() {
    projector.reset();
    views.reset();
    journal.reset();
    log.reset();
    std::filesystem::remove_all(directory_);
  }

  void open_views(const std::string& name) {
    projector.reset();
    views.reset();
    views = storage::views_store::open(directory_ + "/" + name, tables::forms, "test").value();
    projector = std::make_unique<class projector>(*log, *views, projections());
  }
  std::vector<projection*> projections() {
    return {&timeline_, &roster_, &users_, &presence_, &reading_, &belongings_, &reports_};
  }
  const std::string& directory() const { return directory_; }

  /// As after a restart.
  void reopen_log() {
    projector.reset();
    journal.reset();
    log.reset();
    log = storage::event_log::open(directory_ + "/log", storage::event_log::access::read_write, random).value();
    journal = std::make_unique<storage::journal>(*log);
  }

  /// Appends to the log; the views do not know yet.
  template <class Event>
  position append(const stream_id& stream, user_id actor, const Event& event, timestamp time = {1'700'000'000'000}) {
    submit(stream, actor, event, time);
    journal->step();
    return log->head();
  }
  /// The same for many, whom one step of the journal makes durable.
  template <class Event>
  void submit(const stream_id& stream, user_id actor, const Event& event, timestamp time) {
    const events::encoded_event encoded = events::encode_one(event);
    storage::record r;
    r.stream = stream;
    r.actor = actor;
    r.time = time;
    r.schema = encoded.schema;
    r.type = encoded.type;
    r.payload = encoded.payload;
    storage::append a;
    a.streams.push_back({stream, storage::expectation::any(), {storage::encode(r)}});
    EXPECT_TRUE(journal->submit(std::move(a)));
  }

  /// The account's last event. Nothing was sealed, so no key goes with it.
  void erase(user_id user, timestamp time) {
    submit(events::stream_of(user), {}, events::user_erased{1}, time);
    journal->step();
  }

  all_rows rows() const { return rows_of(*views); }
  static all_rows rows_of(const storage::views_store& store) {
    all_rows all;
    for (storage::table t = 0; t < tables::names.size(); ++t)
      for (auto& [key, row] : rows_of_table(store, t)) all.emplace_back(tables::names[t] + key, std::move(row));
    return all;
  }
  all_rows rows_of_table(storage::table t) const { return rows_of_table(*views, t); }
  static all_rows rows_of_table(const storage::views_store& store, storage::table t) {
    all_rows all;
    EXPECT_TRUE(store.range(t, "", std::string(300, '\xFF'), true, [&](std::string_view key, std::string_view row) {
      all.emplace_back(key, row);
      return true;
    }));
    return all;
  }

  system_randomness random;
  std::unique_ptr<storage::event_log> log;
  std::unique_ptr<storage::journal> journal;
  std::unique_ptr<storage::views_store> views;
  std::unique_ptr<class projector> projector;
  std::vector<storage::committed_batch_ptr> committed;

private:
  std::string directory_;
  timeline timeline_;
  roster roster_;
  users users_;
  presence presence_;
  reading reading_;
  belongings belongings_;
  reports reports_;
};

} // namespace palabre::projections::testing
