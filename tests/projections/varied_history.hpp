#pragma once
// Events of every type there is, in an order of no pattern, the same for the same seed.

#include "events/catalog.hpp"
#include "known_ids.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <tuple>

namespace palabre::projections::testing {

/// World: has submit(stream, actor, event, time), erase(user, time), which makes the account's end durable, and a
/// journal.
template <class World>
class varied_history {
public:
  varied_history(World& w, std::uint64_t seed) : w_(w), random_(seed) {
    for (std::uint8_t n = 1; n <= people_at_first; ++n) register_somebody();
    for (std::uint8_t n = 1; n <= rooms; ++n) {
      tell(room(n), person(n), events::room_created{});
      for (const user_id who : people_) join(n, who);
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
  static constexpr std::uint8_t people_at_first = 7, rooms = 4, people_ever = 200, first_short_lived = 100;
  struct said {
    message_id id;
    stream_version seq = 0;
    user_id author;
    bool deleted = false, pinned = false;
    std::uint32_t edits = 0;
  };

  struct invited {
    std::uint8_t room;
    invitation_id id;
    std::uint32_t uses_left = 1;
  };

  std::size_t below(std::size_t n) { return random_() % n; }
  user_id someone() { return people_[below(people_.size())]; }
  bool is_there(user_id who) const { return std::find(people_.begin(), people_.end(), who) != people_.end(); }
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
      if (!is_there(about->author)) return;
      tell(room(n), about->author,
           events::message_edited{
               about->id, about->seq, ++about->edits, {"edited \"" + std::to_string(what)}, some_people()});
    } else if (what < 75) {
      about->deleted = true;
      about->pinned = false;
      tell(room(n), is_there(about->author) ? about->author : someone(),
           events::message_deleted{about->id, about->seq, about->author});
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
    e.mentioned_user_ids = some_people();
    const user_id who = someone();
    said_[n].push_back({e.message, tell(room(n), who, e), who});
    for (const user_id each : e.mentioned_user_ids)
      tell(events::inbox_of(each), who, events::mention_received{room_number(n), e.message, said_[n].back().seq});
  }
  /// Who is mentioned: nobody, mostly.
  std::vector<user_id> some_people() {
    std::vector<user_id> some;
    if (below(4) != 0) return some;
    for (const user_id each : people_)
      if (below(3) == 0) some.push_back(each);
    return some;
  }
  void report(std::uint8_t n) {
    for (const said& each : said_[n]) {
      if (below(said_[n].size()) > 4 || each.deleted) continue;
      if (below(3) == 0)
        tell(room(n), someone(), events::message_reviewed{each.id, each.seq});
      else
        tell(room(n), someone(), events::message_reported{each.id, each.seq, {"because"}});
    }
  }
  /// Drafts, and what they want to be told of.
  void keep(std::uint8_t n, user_id who) {
    const room_id here = room_number(n);
    const std::size_t what = below(4);
    if (what == 0)
      return void(tell(events::inbox_of(who), who,
                       events::notifications_chosen{here, static_cast<events::notification_level>(below(3))}));
    if (what == 1) return void(tell(events::inbox_of(who), who, events::draft_changed{here, 0}));
    const auto version =
        tell(events::stream_of(who), who, events::draft_saved{here, {"draft " + std::to_string(count_)}, {}});
    tell(events::inbox_of(who), who, events::draft_changed{here, version});
  }
  void react(std::uint8_t n, const said& about) {
    const auto first = reacted_.lower_bound({about.id, {}, {}});
    if (first != reacted_.end() && std::get<0>(*first) == about.id && is_there(std::get<1>(*first))) {
      const auto [message, who, emoji] = reacted_.extract(first).value();
      tell(room(n), who, events::reaction_removed{message, about.seq, emoji});
      return;
    }
    const user_id who = someone();
    const std::string emoji = below(2) == 0 ? "👍" : "🎉";
    if (reacted_.insert({about.id, who, emoji}).second)
      tell(room(n), who, events::reaction_added{about.id, about.seq, emoji});
  }
  void other(std::uint8_t n, std::size_t what) {
    const user_id who = someone();
    if (what < 79)
      tell(events::inbox_of(who), who, events::read_advanced{room_number(n), below(500)});
    else if (what < 81)
      below(2) == 0 ? report(n) : keep(n, who);
    else if (what < 84)
      change_presence(who);
    else if (what < 89)
      use_sessions(who);
    else if (what < 91)
      change_account(who);
    else if (what < 93)
      change_room(n, who);
    else if (what < 95)
      live_shortly(who);
    else if (what < 96)
      replace_somebody();
    else if (what < 98)
      moderate(n, who);
    else
      come_back(n, who);
  }

  void register_somebody() {
    const std::uint8_t n = ++people_so_far_;
    people_.push_back(person(n));
    events::user_registered registered;
    registered.login.value = "person" + std::to_string(n);
    registered.profile.display_name.value = "Person " + std::to_string(n);
    tell(events::stream_of(person(n)), person(n), registered);
    tell(events::login_stream("key", registered.login.value), person(n), events::login_claimed{person(n)});
  }
  void join(std::uint8_t n, user_id who) {
    tell(room(n), who, events::member_joined{who, events::role::member, events::join_way::open, {"x"}});
    tell(events::inbox_of(who), who,
         events::inbox_joined{room_number(n), events::role::member, events::join_way::open});
  }
  void come_back(std::uint8_t n, user_id who) {
    if (below(2) == 0) {
      tell(room(n), who, events::member_left{who});
      tell(events::inbox_of(who), who, events::inbox_left{room_number(n)});
    } else {
      tell(room(n), someone(), events::member_kicked{who});
      tell(events::inbox_of(who), who, events::inbox_kicked{room_number(n)});
      if (below(2) == 0)
        tell_both(n, who, events::member_banned{who, ending(), {"why"}}, events::inbox_banned{room_number(n), {}});
    }
    join(n, who);
  }
  std::optional<timestamp> ending() {
    return below(2) == 0 ? std::optional(timestamp{now_.ms + 3'600'000}) : std::nullopt;
  }
  void moderate(std::uint8_t n, user_id who) {
    const room_id here = room_number(n);
    switch (below(10)) {
    case 6:
    case 7: return pin(n);
    case 8:
    case 9: return invite(n, who);
    case 0: return tell_both(n, who, events::member_muted{who, ending(), {"noise"}}, events::inbox_muted{here, {}});
    case 1: return tell_both(n, who, events::member_unmuted{who}, events::inbox_unmuted{here});
    case 2: return tell_both(n, who, events::member_unbanned{who}, events::inbox_unbanned{here});
    case 3:
      return tell_both(n, who, events::member_role_changed{who, events::role::moderator},
                       events::inbox_role_changed{here, events::role::moderator});
    case 4: return void(tell(room(n), who, events::room_owner_changed{someone(), who}));
    default: break;
    }
    tell(room(n), who, events::room_archived{});
    tell(room(n), who, events::room_restored{});
  }
  /// Some invitations are used up, some taken back, and some stay open.
  void invite(std::uint8_t n, user_id who) {
    const std::size_t what = below(invitations_.size() + 2);
    if (what >= invitations_.size()) {
      invited made{n, {}, static_cast<std::uint32_t>(1 + below(3))};
      made.id.bytes[14] = static_cast<std::uint8_t>(count_ >> 8), made.id.bytes[15] = static_cast<std::uint8_t>(count_);
      made.id.bytes[13] = static_cast<std::uint8_t>(count_ >> 16);
      events::invitation_created created{made.id, {"CODE" + std::to_string(count_)}, {}, {}, made.uses_left, now_};
      if (below(2) == 0) created.user_id = who;
      if (below(2) == 0) created.email.value = "somebody@example.org";
      tell(room(n), someone(), created);
      if (created.user_id) tell(events::inbox_of(who), who, events::invitation_received{room_number(n), made.id, now_});
      invitations_.push_back(made);
      return;
    }
    invited& open = invitations_[what];
    const bool is_last = open.uses_left == 1;
    if (below(3) == 0)
      tell(room(open.room), someone(), events::invitation_revoked{open.id, below(2) == 0});
    else if (tell(room(open.room), who, events::invitation_accepted{open.id}); !is_last)
      return void(--open.uses_left);
    invitations_.erase(invitations_.begin() + static_cast<std::ptrdiff_t>(what));
  }
  /// Some of what is pinned goes again: by itself, or with its message.
  void pin(std::uint8_t n) {
    for (said& each : said_[n]) {
      if (below(said_[n].size()) > 6 || each.deleted) continue;
      each.pinned = !each.pinned;
      if (each.pinned)
        tell(room(n), someone(), events::message_pinned{each.id, each.seq});
      else
        tell(room(n), someone(), events::message_unpinned{each.id, each.seq});
    }
    const auto pinned = std::find_if(said_[n].begin(), said_[n].end(), [](const said& each) { return each.pinned; });
    if (pinned == said_[n].end() || below(3) != 0) return;
    pinned->deleted = true;
    pinned->pinned = false;
    tell(room(n), someone(), events::message_deleted{pinned->id, pinned->seq, pinned->author});
  }
  /// What happens to somebody in a room, and what they are told.
  template <class Event, class Note>
  void tell_both(std::uint8_t n, user_id who, const Event& event, const Note& note) {
    const user_id by = someone();
    tell(room(n), by, event);
    tell(events::inbox_of(who), by, note);
  }
  void change_presence(user_id who) {
    events::presence_changed changed;
    changed.status = below(2) == 0 ? events::presence_status::offline : events::presence_status::busy;
    changed.text.value = "status " + std::to_string(count_);
    tell(events::stream_of(who), who, changed);
    if (below(3) == 0) tell(events::stream_of(who), who, events::presence_configured{600});
  }
  void use_sessions(user_id who) {
    session_id session;
    session.bytes[15] = static_cast<std::uint8_t>(below(256));
    const stream_id stream = events::stream_of(who);
    const std::size_t what = below(4);
    if (what == 0)
      tell(stream, who, events::session_opened{session, {"a hash"}, now_});
    else if (what == 1)
      tell(stream, who, events::session_refreshed{session, {"another hash"}, now_});
    else
      tell(stream, who, events::session_closed{session});
  }
  void change_account(user_id who) {
    const std::size_t what = below(6);
    if (what < 2)
      return void(tell(events::stream_of(who), who, events::password_changed{{"hash" + std::to_string(count_)}}));
    if (what == 2) return void(tell(events::stream_of(who), {}, events::user_promoted{}));
    if (what == 3) return void(tell(events::stream_of(who), {}, events::user_demoted{}));
    events::profile_changed changed;
    changed.profile.display_name.value = "Person " + std::to_string(count_);
    tell(events::stream_of(who), who, changed);
  }
  void change_room(std::uint8_t n, user_id who) {
    if (below(2) == 0) {
      events::room_updated updated;
      updated.settings.slow_mode_seconds = static_cast<std::uint32_t>(below(2) * 30);
      return void(tell(room(n), who, updated));
    }
    tell(room(n), who, events::room_code_rotated{{"code " + std::to_string(count_)}});
    tell(events::share_code_stream("key", std::to_string(n)), who, events::share_code_released{room_number(n)});
    tell(events::share_code_stream("key", std::to_string(n)), who, events::share_code_claimed{room_number(n)});
  }
  /// A room that is archived at once.
  void live_shortly(user_id who) {
    if (short_lived_ == 0xFF) return;
    const std::uint8_t n = short_lived_++;
    const user_id other = someone();
    const bool is_direct = other != who && below(2) == 0;
    events::room_created created;
    if (is_direct) created.kind = events::room_kind::direct;
    tell(room(n), who, created);
    join(n, who);
    if (is_direct) {
      join(n, other);
      tell(events::direct_pair_stream(who, other), who, events::direct_pair_claimed{room_number(n)});
    }
    tell(room(n), who, events::room_archived{});
  }
  /// Somebody's account ends; what others say about their messages goes on.
  void replace_somebody() {
    if (people_so_far_ == people_ever) return;
    const std::size_t which = below(people_.size());
    const user_id who = people_[which];
    people_.erase(people_.begin() + static_cast<std::ptrdiff_t>(which));
    for (std::uint8_t n = 1; n <= rooms; ++n)
      if (below(3) > 0) tell(room(n), who, events::member_left{who});
    tell(events::login_stream("key", "person" + std::to_string(who.bytes[15])), {}, events::login_released{who});
    w_.erase(who, now_);
    ++count_;
    register_somebody();
    for (std::uint8_t n = 1; n <= rooms; ++n) join(n, people_.back());
  }

  World& w_;
  std::mt19937_64 random_;
  timestamp now_{1'700'000'000'000};
  std::map<stream_id, stream_version> versions_;
  std::map<std::uint8_t, std::vector<said>> said_;
  std::vector<invited> invitations_; ///< that are open
  std::set<std::tuple<message_id, user_id, std::string>> reacted_;
  std::uint64_t messages_ = 0;
  std::size_t count_ = 0;
  std::vector<user_id> people_; ///< who have an account
  std::uint8_t people_so_far_ = 0;
  std::uint8_t short_lived_ = first_short_lived;
};

} // namespace palabre::projections::testing
