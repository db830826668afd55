#pragma once
// Events of every kind that projections fold, in an order of no pattern, the same for the same seed.

#include "events/inbox.hpp"
#include "world.hpp"

#include <map>
#include <random>
#include <set>
#include <tuple>

namespace palabre::projections::testing {

class varied_history {
public:
  varied_history(world& w, std::uint64_t seed) : w_(w), random_(seed) {
    for (std::uint8_t n = 1; n <= people; ++n) {
      events::user_registered registered;
      registered.login.value = "person" + std::to_string(n);
      tell(events::stream_of(person(n)), person(n), registered);
      tell(events::login_stream("key", registered.login.value), person(n), events::login_claimed{person(n)});
    }
    for (std::uint8_t n = 1; n <= rooms; ++n) {
      tell(room(n), person(n), events::room_created{});
      for (std::uint8_t who = 1; who <= people; ++who)
        tell(room(n), person(who),
             events::member_joined{person(who), events::role::member, events::join_way::open, {"x"}});
      tell(events::share_code_stream("key", std::to_string(n)), person(n), events::share_code_claimed{room_number(n)});
    }
    w_.journal->step();
  }

  void go_on(std::size_t events) {
    for (std::size_t i = 0; i < events; ++i) one();
    w_.journal->step();
  }
  std::size_t count() const { return count_; }

private:
  static constexpr std::uint8_t people = 7, rooms = 4;
  struct said {
    message_id id;
    stream_version seq = 0;
    user_id author;
    bool deleted = false;
  };

  std::size_t below(std::size_t n) { return random_() % n; }
  user_id someone() { return person(static_cast<std::uint8_t>(1 + below(people))); }
  static stream_id room(std::uint8_t n) { return events::stream_of(room_number(n)); }

  template <class Event>
  stream_version tell(const stream_id& stream, user_id actor, const Event& event) {
    now_.ms += static_cast<std::int64_t>(below(200'000)); // some minutes: closed sessions get old
    w_.submit(stream, actor, event, now_);
    if (below(40) == 0) w_.journal->step(); // batches of any size
    ++count_;
    return ++versions_[stream];
  }

  void one() {
    const auto n = static_cast<std::uint8_t>(1 + below(rooms));
    std::vector<said>& messages = said_[n];
    said* const about = messages.empty() ? nullptr : &messages[below(messages.size())];
    const std::size_t what = below(100);
    if (what < 55 || about == nullptr || about->deleted) return post(n, about);
    if (what < 65) return react(n, *about);
    if (what < 70) {
      tell(room(n), about->author,
           events::message_edited{about->id, about->seq, 1, {"edited \"" + std::to_string(what)}});
    } else if (what < 75) {
      about->deleted = true;
      tell(room(n), about->author, events::message_deleted{about->id, about->seq, about->author});
    } else {
      other(n, what);
    }
  }
  void post(std::uint8_t n, const said* parent) {
    events::message_posted e;
    e.message = message_number(++messages_);
    e.body.value = "said " + std::to_string(messages_) + "\n";
    if (parent != nullptr && below(4) == 0) {
      e.reply_to = parent->id;
      e.reply_to_seq = parent->seq;
    }
    const user_id who = someone();
    said_[n].push_back({e.message, tell(room(n), who, e), who, false});
  }
  void react(std::uint8_t n, const said& about) {
    const user_id who = someone();
    const std::string emoji = below(2) == 0 ? "👍" : "🎉";
    if (reacted_.erase({about.id, who, emoji}) != 0) {
      tell(room(n), who, events::reaction_removed{about.id, about.seq, emoji});
    } else {
      reacted_.insert({about.id, who, emoji});
      tell(room(n), who, events::reaction_added{about.id, about.seq, emoji});
    }
  }
  void other(std::uint8_t n, std::size_t what) {
    const user_id who = someone();
    if (what < 80) {
      tell(events::inbox_of(who), who, events::read_advanced{room_number(n), below(500)});
    } else if (what < 85) {
      events::presence_changed changed;
      changed.status = below(2) == 0 ? events::presence_status::offline : events::presence_status::busy;
      tell(events::stream_of(who), who, changed);
    } else if (what < 90) {
      events::session_closed closed;
      closed.session.bytes[15] = static_cast<std::uint8_t>(below(256));
      tell(events::stream_of(who), who, closed);
    } else if (what < 93) {
      events::profile_changed changed;
      changed.profile.display_name.value = "Person " + std::to_string(count_);
      tell(events::stream_of(who), who, changed);
    } else if (what < 94) {
      if (below(2) == 0)
        tell(events::stream_of(who), {}, events::user_promoted{});
      else
        tell(events::stream_of(who), {}, events::user_demoted{});
    } else if (what < 95) {
      tell(events::stream_of(who), who, events::password_changed{{"hash" + std::to_string(count_)}});
    } else if (what < 97) {
      tell(room(n), who, events::room_updated{});
    } else if (what < 98) {
      tell(events::share_code_stream("key", std::to_string(n)), who, events::share_code_released{room_number(n)});
      tell(events::share_code_stream("key", std::to_string(n)), who, events::share_code_claimed{room_number(n)});
    } else {
      tell(room(n), who, events::member_left{who});
      tell(room(n), who, events::member_joined{who, events::role::member, events::join_way::open, {"x"}});
    }
  }

  world& w_;
  std::mt19937_64 random_;
  timestamp now_{1'700'000'000'000};
  std::map<stream_id, stream_version> versions_;
  std::map<std::uint8_t, std::vector<said>> said_;
  std::set<std::tuple<message_id, user_id, std::string>> reacted_;
  std::uint64_t messages_ = 0;
  std::size_t count_ = 0;
};

} // namespace palabre::projections::testing
