#pragma once
// A desk with time that stands still between ticks, in rooms of which four people are too many to be named.

#include "presence_fixture.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace palabre::http {

/// Who was told about whom, as "to about status", and counts as "room online away busy".
class presence_desk_fixture : public presence_fixture {
protected:
  using seconds = std::chrono::seconds;
  using words = std::vector<std::string>;

  static constexpr auto online = status::online, away = status::away, busy = status::busy, offline = status::offline;

  presence_desk_fixture() : presence_fixture(of_small_rooms()) { start(presence); }
  ~presence_desk_fixture() override { presence.stop(); }

  void start(presence_desk& desk) {
    presence_outlets out;
    out.tell = [this](user_id to, const presence_outlets::json& what) { told.emplace_back(to, what); };
    out.count = [this](room_id in, const presence_outlets::json& what) { counted.emplace_back(in, *what); };
    desk.start(io, std::move(out));
  }

  /// Ticks until an interval is over and nothing more is to be done.
  void settle() {
    for (int i = 0; i < 8; ++i) {
      time.at.ms += 1;
      presence.tick();
      carry_out();
    }
  }
  void pass(seconds how_long) {
    time.at.ms += how_long.count() * 1'000;
    settle();
  }
  user_id connected(room_id in) {
    const user_id user = someone();
    joins(in, user);
    presence.arrive(user);
    return user;
  }
  void joins(room_id in, user_id user) {
    happened(in, user, joined(user));
    catch_up();
  }
  room_id room() {
    const room_id made = room_of(a_user(), events::visibility::open);
    catch_up();
    return made;
  }
  /// The statuses that `to` was told of `about`.
  std::vector<std::string> heard(user_id to, user_id about) const {
    std::vector<std::string> statuses;
    for (const auto& [who, what] : told) {
      if (who != to || what->find(R"("user_id":")" + to_text(about)) == std::string::npos) continue;
      const auto begin = what->find(R"("status":")") + 10;
      statuses.push_back(what->substr(begin, what->find('"', begin) - begin));
    }
    return statuses;
  }
  projections::presence_row row(user_id user) { return presences.presence_of({&user, 1}).value().front(); }

  std::vector<std::pair<user_id, presence_outlets::json>> told;
  std::vector<std::pair<room_id, std::string>> counted;

private:
  static edge_settings of_small_rooms() {
    edge_settings s;
    s.presence_individuals_max = 3;
    return s;
  }
};

} // namespace palabre::http
