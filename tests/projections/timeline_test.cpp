#include "world.hpp"

#include "base/limits.hpp"
#include "events/streams.hpp"

#include <future>
#include <map>
#include <random>
#include <set>

namespace palabre::projections {
namespace {

using namespace testing;

/// A room in a few maps.
struct naive_message {
  std::uint64_t number = 0;
  user_id author;
  std::string body;
  bool deleted = false;
  std::optional<stream_version> parent;
  std::vector<std::pair<std::string, std::set<user_id>>> reactions;
};
using naive_room = std::map<stream_version, naive_message>;

std::string expected_json(const naive_room& room, stream_version seq, user_id viewer) {
  const naive_message& m = room.at(seq);
  std::string reactions;
  for (const auto& [emoji, who] : m.reactions)
    reactions += (reactions.empty() ? "" : ",") + (R"({"emoji":")" + emoji) + R"(","count":)" +
                 std::to_string(who.size()) + R"(,"me":)" + (who.contains(viewer) ? "true}" : "false}");
  std::size_t replies = 0;
  for (const auto& [other_seq, other] : room) replies += other.parent == seq && !other.deleted;
  return R"("seq":)" + std::to_string(seq) + R"( "author_id":")" + to_text(m.author) + R"(" "body":)" +
         (m.deleted ? "null" : "\"" + m.body + "\"") + R"( "reactions":[)" + reactions + R"(] "reply_count":)" +
         std::to_string(replies);
}

/// Whether `json` says what is expected, field by field.
void expect_message(const std::string& json, const std::string& expected) {
  std::size_t from = 0;
  while (from < expected.size()) {
    const std::size_t end = std::min(expected.find(" \"", from), expected.size());
    EXPECT_NE(json.find(expected.substr(from, end - from)), std::string::npos)
        << expected.substr(from, end - from) << "\nin " << json;
    from = end + 1;
  }
}

/// Of the messages alone: what they reply to has no room.
std::vector<stream_version> seqs_in(const std::string& items) {
  constexpr std::string_view room = R"("room_id":)", seq = R"(,"seq":)";
  std::vector<stream_version> seqs;
  for (std::size_t at = 0; (at = items.find(room, at)) != std::string::npos; at += room.size())
    seqs.push_back(std::stoull(items.substr(items.find(seq, at) + seq.size())));
  return seqs;
}

TEST(Timeline, SaysWhatANaiveModelOfTheSameEventsSays) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const auto roll = [&](std::uint64_t sides) { return random() % sides; };
  world w;
  const room_id room = room_number(1);
  const stream_id stream = events::stream_of(room);
  for (std::uint8_t n = 1; n <= 3; ++n) {
    events::user_registered registered;
    registered.login.value = "person" + std::to_string(n);
    registered.profile.display_name.value = "Person " + std::to_string(n);
    w.append(events::stream_of(person(n)), person(n), registered);
  }
  w.append(stream, person(1), events::room_created{});
  w.append(stream, person(1), events::member_joined{person(1), events::role::owner, events::join_way::created, {"x"}});

  naive_room naive;
  stream_version version = 2;
  const std::vector<std::string> emoji = {"👍", "🎉", "😀"};
  for (std::uint64_t step = 0; step < 400; ++step) {
    const user_id actor = person(static_cast<std::uint8_t>(1 + roll(3)));
    auto target = naive.begin();
    if (!naive.empty()) std::advance(target, roll(naive.size()));
    const bool can_change = !naive.empty() && !target->second.deleted;
    const std::uint64_t what = roll(10);
    if (what < 5 || !can_change) {
      events::message_posted e;
      e.message = message_number(step);
      e.body.value = "body " + std::to_string(step);
      if (can_change && roll(3) == 0) {
        e.reply_to = message_number(target->second.number);
        e.reply_to_seq = target->first;
      }
      w.append(stream, actor, e);
      naive[++version] = {step, actor, e.body.value, false, e.reply_to ? std::optional(e.reply_to_seq) : std::nullopt,
                          {}};
    } else if (what < 6) {
      w.append(stream, target->second.author,
               events::message_edited{message_number(target->second.number), target->first, 1, {"edited"}, {}});
      ++version;
      target->second.body = "edited";
    } else if (what < 7) {
      w.append(stream, actor,
               events::message_deleted{message_number(target->second.number), target->first, target->second.author});
      ++version;
      target->second.deleted = true;
    } else {
      auto& reactions = target->second.reactions;
      const std::string kind = emoji[roll(3)];
      auto found = std::find_if(reactions.begin(), reactions.end(), [&](auto& r) { return r.first == kind; });
      if (found != reactions.end() && found->second.contains(actor)) {
        w.append(stream, actor, events::reaction_removed{message_number(target->second.number), target->first, kind});
        found->second.erase(actor);
        if (found->second.empty()) reactions.erase(found);
      } else {
        w.append(stream, actor, events::reaction_added{message_number(target->second.number), target->first, kind});
        if (found == reactions.end())
          reactions.push_back({kind, {actor}});
        else
          found->second.insert(actor);
      }
      ++version;
    }
  }
  ASSERT_TRUE(w.projector->catch_up());
  profiles authors(*w.views);
  const timeline_queries queries(*w.views, authors);

  for (const auto& [seq, m] : naive) {
    const auto json = queries.message(room, message_number(m.number), person(1)).value();
    ASSERT_TRUE(json);
    expect_message(*json, expected_json(naive, seq, person(1)));
  }
  // Pages: every anchor, against the same question asked of the map.
  std::vector<stream_version> all;
  for (const auto& [seq, m] : naive) all.push_back(seq);
  using anchor = page_request::anchor;
  for (int n = 0; n < 300; ++n) {
    const page_request request{static_cast<anchor>(roll(4)), roll(version + 3), 1 + roll(20)};
    const message_page page = queries.page(room, person(2), request).value();
    const auto got = seqs_in(page.items_json);
    EXPECT_EQ(got.size(), page.count);
    const auto lower = std::lower_bound(all.begin(), all.end(), request.seq);
    const auto upper = std::upper_bound(all.begin(), all.end(), request.seq);
    std::vector<stream_version> expected;
    if (request.from == anchor::newest)
      expected.assign(all.end() - static_cast<std::ptrdiff_t>(std::min(request.limit, all.size())), all.end());
    if (request.from == anchor::before)
      expected.assign(lower - std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(request.limit), lower - all.begin()),
                      lower);
    if (request.from == anchor::after)
      expected.assign(upper,
                      upper + std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(request.limit), all.end() - upper));
    if (request.from == anchor::around) {
      EXPECT_EQ(got.size(), std::min(request.limit, all.size()));
      const auto first = std::find(all.begin(), all.end(), got.front());
      expected.assign(first, first + static_cast<std::ptrdiff_t>(got.size()));
      if (std::binary_search(all.begin(), all.end(), request.seq)) {
        EXPECT_TRUE(std::binary_search(got.begin(), got.end(), request.seq));
      }
    }
    EXPECT_EQ(got, expected) << "anchor " << static_cast<int>(request.from) << " seq " << request.seq << " limit "
                             << request.limit;
    if (!got.empty()) {
      EXPECT_EQ(page.older, got.front() != all.front());
      EXPECT_EQ(page.newer, got.back() != all.back());
    }
  }
}

TEST(Timeline, FindsTheNewestMessagesBehindManyOtherEvents) {
  world w;
  const room_id room = room_number(1);
  const stream_id stream = events::stream_of(room);
  w.append(stream, person(1), events::room_created{});
  std::vector<stream_version> all;
  stream_version version = 1;
  for (std::uint64_t n = 0; n < 6; ++n) {
    events::message_posted e;
    e.message = message_number(n);
    e.body.value = "body";
    w.append(stream, person(1), e);
    all.push_back(++version);
    for (std::uint64_t gap = 0; gap < n * n * n; ++gap, ++version) { // up to 125: beyond every leap for 2 messages
      if (gap % 2 == 0)
        w.append(stream, person(1), events::reaction_added{message_number(n), all.back(), "👍"});
      else
        w.append(stream, person(1), events::reaction_removed{message_number(n), all.back(), "👍"});
    }
  }
  ASSERT_TRUE(w.projector->catch_up());
  profiles authors(*w.views);
  const timeline_queries queries(*w.views, authors);
  for (const std::size_t limit : {1u, 2u, 3u, 5u, 6u, 7u}) {
    const message_page page = queries.page(room, person(2), {page_request::anchor::newest, 0, limit}).value();
    const std::size_t expected = std::min(limit, all.size());
    EXPECT_EQ(seqs_in(page.items_json),
              std::vector<stream_version>(all.end() - static_cast<std::ptrdiff_t>(expected), all.end()));
    EXPECT_EQ(page.older, limit < all.size());
  }
  for (std::size_t n = 0; n < all.size(); ++n) {
    const message_page page = queries.page(room, person(2), {page_request::anchor::before, all[n], 2}).value();
    EXPECT_EQ(seqs_in(page.items_json),
              std::vector<stream_version>(all.begin() + static_cast<std::ptrdiff_t>(n < 2 ? 0 : n - 2),
                                          all.begin() + static_cast<std::ptrdiff_t>(n)));
    EXPECT_EQ(page.older, n > 2);
  }
}

TEST(Timeline, RefusesAReactionThatNoKeyHolds) {
  for (const std::size_t bytes : {limits::emoji_bytes_max, limits::emoji_bytes_max + 1}) {
    world w;
    const room_id room = room_number(1);
    w.append(events::stream_of(person(1)), person(1), events::user_registered{});
    w.append(events::stream_of(room), person(1), events::room_created{});
    events::message_posted posted;
    posted.message = message_number(1);
    w.append(events::stream_of(room), person(1), posted);
    w.append(events::stream_of(room), person(1), events::reaction_added{posted.message, 2, std::string(bytes, 'x')});
    const auto folded = w.projector->catch_up();
    EXPECT_EQ(folded.has_value(), bytes == limits::emoji_bytes_max);
    if (folded) continue;
    EXPECT_EQ(folded.error().code, errc::corrupt) << folded.error().context;
  }
}

TEST(Views, AreTheSameBytesHoweverTheLogWasRead) {
  world w;
  const room_id room = room_number(1);
  for (std::uint8_t n = 1; n <= 2; ++n) w.append(events::stream_of(person(n)), person(n), events::user_registered{});
  w.append(events::stream_of(room), person(1), events::room_created{});
  w.append(events::stream_of(room), person(1),
           events::member_joined{person(1), events::role::owner, events::join_way::created, {"x"}});
  const auto half = w.committed.size();
  for (std::uint64_t n = 0; n < 50; ++n) {
    events::message_posted e;
    e.message = message_number(n);
    e.body.value = "body";
    w.append(events::stream_of(room), person(1), e);
    w.append(events::stream_of(room), person(2), events::reaction_added{e.message, 3 + 2 * n, "👍"});
  }
  ASSERT_TRUE(w.projector->catch_up()); // from the log
  const all_rows from_log = w.rows();
  EXPECT_EQ(w.projector->applied(), w.log->head());

  w.open_views("fed");
  for (std::size_t i = 0; i < w.committed.size(); ++i) {
    if (i == half || i == half + 1) continue; // what was dropped is read from the log
    w.projector->feed(w.committed[i]);
    if (i % 7 == 0) {
      w.projector->feed(w.committed[i / 2]); // and what comes twice counts once
      ASSERT_TRUE(w.projector->catch_up());
    }
  }
  ASSERT_TRUE(w.projector->catch_up());
  EXPECT_EQ(w.rows(), from_log);
}

TEST(Projector, TellsWhoWaitsOnceTheRowsAreThere) {
  world w;
  w.projector->start();
  const position at = w.append(events::stream_of(person(1)), person(1), events::user_registered{});
  std::promise<result<void>> reached;
  w.projector->when_applied(at, [&](result<void> what) { reached.set_value(std::move(what)); });
  w.projector->feed(w.committed.back());
  EXPECT_TRUE(reached.get_future().get());
  EXPECT_TRUE(user_queries(*w.views).user(person(1)).value());
  std::promise<result<void>> never;
  w.projector->when_applied({at.value + 1}, [&](result<void> what) { never.set_value(std::move(what)); });
  w.projector->stop();
  EXPECT_EQ(never.get_future().get().error().code, errc::unavailable);
}

TEST(Projector, StopsAtAnEventItDoesNotKnow) {
  world w;
  w.append(events::stream_of(person(1)), person(1), events::user_registered{});
  storage::record r;
  r.stream = events::stream_of(person(1));
  r.type = "user.promoted_to_the_moon";
  r.schema = 1;
  r.payload = "{}";
  storage::append a;
  a.streams.push_back({r.stream, storage::expectation::any(), {storage::encode(r)}});
  ASSERT_TRUE(w.journal->submit(std::move(a)));
  w.journal->step();
  const auto stopped = w.projector->catch_up();
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, errc::from_the_future);
  EXPECT_NE(stopped.error().context.find("position 2"), std::string::npos) << stopped.error().context;
}

TEST(Profiles, ForgetWhoChanged) {
  world w;
  events::user_registered registered;
  registered.profile.display_name.value = "Ada";
  w.append(events::stream_of(person(1)), person(1), registered);
  ASSERT_TRUE(w.projector->catch_up());
  profiles authors(*w.views);
  EXPECT_EQ(*authors.author_json(person(1)).value(), R"({"display_name":"Ada","avatar_url":null})");
  events::profile_changed changed;
  changed.profile.display_name.value = "Ada L.";
  w.append(events::stream_of(person(1)), person(1), changed);
  ASSERT_TRUE(w.projector->catch_up());
  authors.forget_changed(*w.committed.back());
  EXPECT_EQ(*authors.author_json(person(1)).value(), R"({"display_name":"Ada L.","avatar_url":null})");
  EXPECT_EQ(*authors.author_json(person(9)).value(), R"({"display_name":null,"avatar_url":null})");
}

TEST(Roster, ListsWhatIsHeldAgainstPeopleUntilItEnds) {
  world w;
  const room_id room = room_number(1);
  const timestamp end{5'000}, before{4'999};
  w.append(events::stream_of(room), person(1), events::room_created{});
  w.append(events::stream_of(room), person(2),
           events::member_joined{person(2), events::role::member, events::join_way::open, {"y"}});
  w.append(events::stream_of(room), person(1), events::member_muted{person(2), end, {"noise"}});
  w.append(events::stream_of(room), person(1), events::member_banned{person(3), end, {}});
  w.append(events::stream_of(room), person(1), events::member_banned{person(4), std::nullopt, {}});
  ASSERT_TRUE(w.projector->catch_up());
  const roster_queries roster(*w.views);
  const auto banned = [&](std::size_t limit, timestamp now) {
    return roster.sanctions(room, sanction_kind::ban, std::nullopt, limit, now).value();
  };
  ASSERT_EQ(banned(10, before).items.size(), 2u);
  EXPECT_EQ(banned(10, before).items[0].is.until, end);
  ASSERT_EQ(banned(10, end).items.size(), 1u);
  EXPECT_EQ(banned(10, end).items[0].user, person(4));
  EXPECT_TRUE(banned(1, end).items.empty());
  EXPECT_TRUE(banned(1, end).next) << "an empty page may lead to others";
  EXPECT_EQ(roster.held_against(room, person(2)).value().muted_until, end);
  EXPECT_EQ(roster.standing(room, person(2)).value()->muted_until, end);

  w.append(events::stream_of(room), person(2), events::member_left{person(2)});
  w.append(events::stream_of(room), person(2),
           events::member_joined{person(2), events::role::member, events::join_way::open, {"y"}});
  w.append(events::stream_of(room), person(1), events::member_unbanned{person(4)});
  ASSERT_TRUE(w.projector->catch_up());
  EXPECT_EQ(roster.standing(room, person(2)).value()->muted_until, end) << "it outlasts their membership";
  EXPECT_TRUE(banned(10, end).items.empty());
}

TEST(Roster, CountsAndLists) {
  world w;
  const room_id open = room_number(1), closed = room_number(2);
  events::room_created created;
  created.settings.visibility = events::visibility::open;
  w.append(events::stream_of(open), person(1), created);
  w.append(events::stream_of(open), person(1),
           events::member_joined{person(1), events::role::owner, events::join_way::created, {"x"}});
  w.append(events::stream_of(open), person(2),
           events::member_joined{person(2), events::role::member, events::join_way::open, {"y"}});
  created.settings.visibility = events::visibility::closed;
  w.append(events::stream_of(closed), person(1), created);
  w.append(events::stream_of(closed), person(1),
           events::member_joined{person(1), events::role::owner, events::join_way::created, {"x"}});
  const stream_id code{'c', person(7)};
  w.append(code, person(1), events::share_code_claimed{closed});
  events::message_posted posted;
  posted.message = message_number(1);
  w.append(events::stream_of(open), person(1), posted);
  ASSERT_TRUE(w.projector->catch_up());

  const roster_queries roster(*w.views);
  const auto row = roster.room(open).value();
  ASSERT_TRUE(row);
  EXPECT_EQ(row->member_count, 2u);
  EXPECT_EQ(row->message_count, 1u);
  EXPECT_EQ(row->messages_of_day, 1u);
  EXPECT_EQ(row->last_seq, 4u);
  EXPECT_EQ(row->settings_seq, 1u);
  EXPECT_EQ(roster.room_count_of(person(1)).value(), 2u);
  EXPECT_EQ(roster.room_ids_of(person(1)).value(), (std::vector{open, closed}));
  EXPECT_EQ(roster.room_by_code(code).value(), closed);
  const auto first = roster.rooms_of(person(1), std::nullopt, 1).value();
  ASSERT_EQ(first.items.size(), 1u);
  ASSERT_TRUE(first.next);
  const auto second = roster.rooms_of(person(1), first.next, 1).value();
  EXPECT_EQ(second.items.at(0).row.room, closed);
  EXPECT_FALSE(second.next);
  std::vector<room_id> seen;
  std::map<room_id, room_row> rooms;
  for (const room_id each : {open, closed}) rooms.emplace(each, roster.room(each).value().value());
  const auto chosen = roster.rooms_of(person(1), [&](const room_glance& each) {
    const room_row& whole = rooms.at(each.room);
    EXPECT_EQ(each.last_at, whole.last_at);
    EXPECT_EQ(each.is_direct, whole.peer.has_value());
    EXPECT_EQ(each.day.begins, whole.day.begins);
    EXPECT_EQ(each.day.ends, whole.day.ends);
    EXPECT_EQ(each.messages_of_day, whole.messages_of_day);
    seen.push_back(each.room);
    return each.room == closed;
  });
  EXPECT_EQ(seen.size(), 2u);
  EXPECT_EQ(std::set(seen.begin(), seen.end()), (std::set{open, closed}));
  ASSERT_EQ(chosen.value().size(), 1u);
  EXPECT_EQ(chosen.value()[0].row.settings.name, second.items[0].row.settings.name);
  EXPECT_EQ(chosen.value()[0].mine->joined_seq, second.items[0].mine->joined_seq);
  const auto listed = roster.discover(person(3), std::nullopt, 10).value();
  ASSERT_EQ(listed.items.size(), 1u);
  EXPECT_EQ(listed.items[0].row.room, open);
  EXPECT_FALSE(listed.items[0].mine);

  w.append(events::stream_of(open), person(2), events::member_left{person(2)});
  w.append(events::stream_of(open), person(1), events::room_archived{});
  w.append(code, person(1), events::share_code_released{closed});
  ASSERT_TRUE(w.projector->catch_up());
  EXPECT_EQ(roster.room(open).value()->member_count, 1u);
  EXPECT_EQ(roster.room_count_of(person(2)).value(), 0u);
  EXPECT_TRUE(roster.room_ids_of(person(2)).value().empty());
  EXPECT_EQ(roster.room_ids_of(person(1)).value().size(), 2u) << "one of them is archived";
  EXPECT_FALSE(roster.standing(open, person(2)).value());
  EXPECT_TRUE(roster.discover(person(3), std::nullopt, 10).value().items.empty());
  EXPECT_FALSE(roster.room_by_code(code).value());
}

} // namespace
} // namespace palabre::projections
