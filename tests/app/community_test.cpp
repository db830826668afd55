// Any sequence of commands leaves what people see of rooms as a naive model of the same commands says: now, after a
// restart, after a rebuild, and at every earlier seq. A sequence that does not is made shorter before it is shown.

#include "naive_community.hpp"
#include "person.hpp"
#include "running_server.hpp"

#include "http/router.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <iostream>
#include <random>

namespace palabre::testing {
namespace {

using model = naive_community;

/// Who does what: numbers that mean something together with what there is when their turn comes.
struct step {
  std::uint32_t who = 0, what = 0, where = 0, which = 0, how = 0;
};

/// A server with people in rooms, and the model beside it.
class community {
public:
  community() {
    for (int who = 0; who < model::people; ++who) people_.emplace_back(server_, model::login(who));
    open_room(model::kind::open, R"(,"visibility":"public")", {{0, {2, model::role::owner}}});
    open_room(model::kind::closed, R"(,"visibility":"private")", {{1, {2, model::role::owner}}});
    open_room(model::kind::direct, R"(,"kind":"direct","user_id":")" + person_of(1).id() + '"', {{0, {2}}, {1, {3}}});
    for (int where = 0; where < model::rooms; ++where) note_then(where);
  }

  /// Empty, or what was another than it should be.
  std::string take(const step& s);
  /// The same of everything that can be asked now.
  std::string look() const;
  std::string look_back() const;
  void restart() {
    server_.kill();
    server_.start();
    for (person& each : people_) each.reconnect(server_);
  }
  std::string rebuild() const {
    const auto ran = run_palabre({"rebuild", "--data", server_.data()});
    return ran.status == 0 ? "" : "rebuild: " + ran.complained;
  }

private:
  struct outcome {
    std::string what;
    bool expected = false;
    http_answer got;
  };
  /// The first of the members makes it.
  void open_room(model::kind is, const std::string& settings, std::map<int, model::seat> members) {
    model::room room;
    room.id = person_of(members.begin()->first).make_room("Room", settings);
    room.is = is;
    room.last_seq = members.rbegin()->second.joined;
    room.members = std::move(members);
    model_.all_rooms.push_back(std::move(room));
  }
  /// A direct room has none.
  std::optional<int> owner_of(int where) const {
    for (int who = 0; who < model::people; ++who)
      if (model_.is_at_least(model::role::owner, who, where)) return who;
    return std::nullopt;
  }
  person& person_of(int who) const { return people_[static_cast<std::size_t>(who)]; }
  std::string path(int where, std::string_view rest = {}) const {
    return "/api/v1/rooms/" + model_.in(where).id + std::string(rest);
  }
  std::string words(std::uint32_t how) const;
  outcome say(int who, int where, const step& s);
  outcome change(int who, int where, const step& s);
  outcome moderate(int who, int where, const step& s);
  outcome keep_for_oneself(int who, int where, const step& s);
  outcome do_it(int who, int where, const step& s);
  std::string messages_in(const http_answer& page) const;
  std::string members_in(const http_answer& list) const;
  std::string login_of(const std::string& id) const;
  /// What is read behind an event is of the next one's moment.
  void note_then(int where) { moments_[where].try_emplace(model_.in(where).last_seq, model_.in(where)); }
  /// `is`, if it is not `should`.
  static std::string differs(const std::string& what, const std::string& is, const std::string& should) {
    return is == should ? "" : what + " is\n" + is + "and should be\n" + should;
  }
  std::string look_of(int viewer) const;
  std::string look_around(int viewer, int where, model::role as) const;
  std::string look_back_at(int viewer, int where, const model::room& then) const;

  running_server server_{"[limits]\nenabled = false\n"};
  mutable std::deque<person> people_;
  model model_;
  std::map<int, std::map<model::seq, model::room>> moments_;
};

std::string community::words(std::uint32_t how) const {
  static const char* const all[] = {"alpha", "bravo", "charlie", "delta"};
  std::string text = all[how % 4];
  if (how / 4 % 2 == 0) text += " @" + model::login(static_cast<int>(how / 8 % model::people));
  if (how / 32 % 4 == 0) text += std::string(" ") + all[how / 128 % 4];
  return text;
}

community::outcome community::say(int who, int where, const step& s) {
  const auto& messages = model_.in(where).messages;
  std::string body = R"({"body":")" + words(s.how) + '"';
  std::optional<std::size_t> reply_to;
  if (!messages.empty() && s.which % 3 == 0) {
    reply_to = s.which / 3 % messages.size();
    body += R"(,"reply_to":")" + messages[*reply_to].id + '"';
  }
  auto got = person_of(who).post(path(where, "/messages"), body + '}');
  const std::string id = got.status == 201 ? got.text("/id") : "refused";
  return {"posts", model_.post(who, where, id, words(s.how), reply_to), std::move(got)};
}

/// Of a message that there is.
community::outcome community::change(int who, int where, const step& s) {
  const std::size_t which = s.which % model_.in(where).messages.size();
  const std::string& id = model_.in(where).messages[which].id;
  const std::string message = path(where, "/messages/" + id);
  person& actor = person_of(who);
  const std::string with = s.how % 2 == 0 ? "👍" : "🎉";
  switch (s.what % 7) {
  case 0:
    return {"edits", model_.edit(who, where, which, words(s.how)),
            actor.patch(message, R"({"body":")" + words(s.how) + "\"}")};
  case 1: return {"deletes", model_.remove(who, where, which), actor.del(message)};
  case 2: return {"pins", model_.pin(who, where, which, true), actor.put(path(where, "/pins/" + id))};
  case 3: return {"unpins", model_.pin(who, where, which, false), actor.del(path(where, "/pins/" + id))};
  case 4: return {"reports", model_.report(who, where, which), actor.put(message + "/report", "{}")};
  case 5: return {"reviews", model_.review(who, where, which), actor.del(path(where, "/reports/" + id))};
  default:
    return {"reacts", model_.react(who, where, which, with),
            actor.post(message + "/reactions", R"({"emoji":")" + with + "\"}")};
  }
}

/// Of the room and the people in it. Half of the time by its owner: most others may not. Doors are opened more often
/// than they are shut.
community::outcome community::moderate(int who, int where, const step& s) {
  if (s.how / 3 % 2 == 0) who = owner_of(where).value_or(who);
  person& actor = person_of(who);
  const int whom = static_cast<int>(s.which % model::people);
  const std::string& id = person_of(whom).id();
  const std::string about = " person" + std::string(1, static_cast<char>('a' + whom));
  switch (s.what % 16) {
  case 0: return {"archives", model_.archive(who, where, true), actor.del(path(where))};
  case 1: return {"kicks" + about, model_.kick(who, where, whom), actor.del(path(where, "/members/" + id))};
  case 2: return {"bans" + about, model_.ban(who, where, whom, true), actor.put(path(where, "/bans/" + id), "{}")};
  case 3:
  case 4: return {"unbans" + about, model_.ban(who, where, whom, false), actor.del(path(where, "/bans/" + id))};
  case 5: return {"mutes" + about, model_.mute(who, where, whom, true), actor.put(path(where, "/mutes/" + id), "{}")};
  case 6:
  case 7: return {"unmutes" + about, model_.mute(who, where, whom, false), actor.del(path(where, "/mutes/" + id))};
  case 8:
    return {"hands over to" + about, model_.hand_over(who, where, whom),
            actor.put(path(where, "/owner"), R"({"user_id":")" + id + "\"}")};
  case 9:
  case 10:
  case 11: {
    const auto as = static_cast<model::role>(s.how % 3);
    return {"makes a " + model::name_of(as) + " of" + about, model_.give_role(who, where, whom, as),
            actor.patch(path(where, "/members/" + id), R"({"role":")" + model::name_of(as) + "\"}")};
  }
  default:
    return {"invites" + about, model_.invite(who, where, whom),
            actor.post(path(where, "/invitations"), R"({"user_id":")" + id + "\"}")};
  }
}

community::outcome community::keep_for_oneself(int who, int where, const step& s) {
  person& actor = person_of(who);
  static const char* const levels[] = {"all", "mentions", "none"};
  switch (s.what % 4) {
  case 0: return {"discards a draft", model_.discard_draft(who, where), actor.del(path(where, "/draft"))};
  case 1:
    return {"chooses", model_.choose(who, where, levels[s.how % 3]),
            actor.put(path(where, "/notifications"), R"({"level":")" + std::string(levels[s.how % 3]) + "\"}")};
  default:
    return {"saves a draft", model_.save_draft(who, where, words(s.how)),
            actor.put(path(where, "/draft"), R"({"body":")" + words(s.how) + "\"}")};
  }
}

community::outcome community::do_it(int who, int where, const step& s) {
  person& actor = person_of(who);
  const bool any = !model_.in(where).messages.empty();
  const step inner{s.who, s.which, s.where, s.how, s.which / 7};
  if (const auto owner = owner_of(where); owner && model_.in(where).archived && s.how % 4 == 0)
    return {"restores", model_.archive(*owner, where, false), person_of(*owner).post(path(where, "/restore"), "")};
  switch (s.what % 18) {
  case 0:
  case 1: return {"joins", model_.join(who, where), actor.post(path(where, "/join"), "")};
  case 2:
    if (s.how % 3 != 0) break;
    return {"leaves", model_.leave(who, where), actor.post(path(where, "/leave"), "")};
  case 3: {
    const model::seq up_to = s.which % (model_.in(where).last_seq + 2);
    return {"reads", model_.read(who, where, up_to),
            actor.put(path(where, "/read"), R"({"seq":)" + std::to_string(up_to) + '}')};
  }
  case 4: return keep_for_oneself(who, where, inner);
  case 5:
  case 6:
  case 7: return moderate(who, where, inner);
  case 8:
  case 9:
  case 10:
  case 11:
  case 12:
  case 13:
    if (any) return change(who, where, inner);
    break;
  default: break;
  }
  return say(who, where, s);
}

std::string community::take(const step& s) {
  const int who = static_cast<int>(s.who % model::people), where = static_cast<int>(s.where % model::rooms);
  const outcome done = do_it(who, where, s);
  note_then(where);
  const int family = done.got.status / 100;
  if (family == (done.expected ? 2 : 4)) return {};
  return model::login(who) + ' ' + done.what + " in " + std::to_string(where) + ": " + std::to_string(done.got.status) +
         ' ' + done.got.body + '\n';
}

std::string community::login_of(const std::string& id) const {
  for (const person& each : people_)
    if (each.id() == id) return each.login();
  return "nobody";
}

std::string community::messages_in(const http_answer& page) const {
  std::string out;
  for (std::size_t i = 0; i < page.count("/items"); ++i) {
    const std::string at = "/items/" + std::to_string(i);
    const auto body_of = [&](const std::string& pointer) {
      return page.is_null(pointer) ? std::string("null") : page.text(pointer);
    };
    out += std::to_string(page.number(at + "/seq")) + ' ' + login_of(page.text(at + "/author_id")) + ": " +
           body_of(at + "/body");
    std::set<std::string> named;
    for (std::size_t n = 0; n < page.count(at + "/mentioned_user_ids"); ++n)
      named.insert(login_of(page.text(at + "/mentioned_user_ids/" + std::to_string(n))));
    for (const std::string& each : named) out += " @" + each;
    if (!page.is_null(at + "/parent"))
      out += " > " + std::to_string(page.number(at + "/parent/seq")) + ' ' + body_of(at + "/parent/body");
    out += " replies " + std::to_string(page.number(at + "/reply_count"));
    std::set<std::string> reactions;
    for (std::size_t n = 0; n < page.count(at + "/reactions"); ++n) {
      const std::string each = at + "/reactions/" + std::to_string(n);
      reactions.insert(' ' + page.text(each + "/emoji") + std::to_string(page.number(each + "/count")) +
                       (page.flag(each + "/me") ? "*" : ""));
    }
    for (const std::string& each : reactions) out += each;
    out += '\n';
  }
  return out;
}

/// What `line` makes of each item.
template <class Line>
std::string item_lines(const http_answer& list, Line line) {
  std::string out;
  for (std::size_t i = 0; i < list.count("/items"); ++i) out += line("/items/" + std::to_string(i)) + '\n';
  return out;
}

std::string sorted_lines(const std::string& text) {
  std::multiset<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.insert(text.substr(at, end - at + 1));
    at = end + 1;
  }
  std::string out;
  for (const std::string& each : lines) out += each;
  return out;
}

std::string community::members_in(const http_answer& list) const {
  return sorted_lines(item_lines(list, [&](const std::string& at) {
    return login_of(list.text(at + "/user_id")) + ' ' + list.text(at + "/role");
  }));
}

std::string community::look_of(int viewer) const {
  person& eyes = person_of(viewer);
  const auto rooms = eyes.get("/api/v1/rooms?limit=200");
  const std::string mine = item_lines(rooms, [&](const std::string& at) {
    int where = 0;
    while (model_.in(where).id != rooms.text(at + "/id")) ++where;
    const auto number = [&](const char* name) { return std::to_string(rooms.number(at + '/' + name)); };
    return std::to_string(where) + ' ' + rooms.text(at + "/role") + (rooms.flag(at + "/archived") ? " archived" : "") +
           " wants " + rooms.text(at + "/notifications") + " members " + number("member_count") + " messages " +
           number("message_count") + " last " + number("last_seq") + " read " + number("last_read_seq") + " unread " +
           number("unread_count") + " mentions " + number("mention_count") +
           (rooms.flag(at + "/has_draft") ? " draft" : "");
  });
  std::string wrong = differs("rooms of " + eyes.login(), sorted_lines(mine), model_.my_rooms(viewer));
  const std::string synced = eyes.get("/api/v1/sync").json("/rooms");
  if (wrong.empty()) wrong = differs("sync of " + eyes.login(), synced + '\n', rooms.json("/items") + '\n');
  const auto mentions = eyes.get("/api/v1/me/mentions?limit=200");
  const std::string named = item_lines(mentions, [&](const std::string& at) {
    return mentions.text(at + "/message/id") + (mentions.flag(at + "/unread") ? " new" : "");
  });
  if (wrong.empty()) wrong = differs("mentions of " + eyes.login(), named, model_.my_mentions(viewer));
  const auto drafts = eyes.get("/api/v1/me/drafts");
  const std::string begun = item_lines(drafts, [&](const std::string& at) { return drafts.text(at + "/body"); });
  if (wrong.empty())
    wrong = differs("drafts of " + eyes.login(), sorted_lines(begun), sorted_lines(model_.my_drafts(viewer)));
  for (const std::string word : {"alpha", "delta"}) {
    std::string ids, should;
    for (const std::string& each : model_.found(viewer, word)) should += each + '\n';
    for (std::string next = "/api/v1/search?limit=50&sort=time&q=" + word; !next.empty();) {
      const auto found = eyes.get(next);
      if (found.status != 200) return "search: " + found.body + '\n';
      ids += item_lines(found, [&](const std::string& at) { return found.text(at + "/message/id"); });
      next = found.is_null("/next") ? std::string() : found.text("/next");
    }
    if (wrong.empty()) wrong = differs(word + " found by " + eyes.login(), sorted_lines(ids), should);
  }
  for (int where = 0; where < model::rooms && wrong.empty(); ++where) {
    if (!model_.is_in(viewer, where)) continue;
    const auto page = eyes.get(path(where, "/messages?limit=200&after=0"));
    wrong = differs("messages for " + eyes.login(), messages_in(page), model::messages(model_.in(where), viewer));
    std::string ids;
    for (const auto& each : model_.in(where).messages) ids += (ids.empty() ? "?ids=" : ",") + each.id;
    if (!wrong.empty() || ids.empty()) continue;
    const auto by_ids = eyes.get(path(where, "/messages" + ids));
    wrong = differs("messages by their ids for " + eyes.login(), messages_in(by_ids), messages_in(page));
  }
  return wrong;
}

std::string community::look() const {
  std::string wrong;
  for (int viewer = 0; viewer < model::people && wrong.empty(); ++viewer) wrong = look_of(viewer);
  for (int where = 0; where < model::rooms && wrong.empty(); ++where)
    for (const auto& [who, seat] : model_.in(where).members)
      if (wrong.empty()) wrong = look_around(who, where, seat.as);
  return wrong;
}

/// What moderators see is asked for by them alone.
std::string community::look_around(int viewer, int where, model::role as) const {
  person& eyes = person_of(viewer);
  const model::room& should = model_.in(where);
  const auto people_in = [&](const http_answer& list) {
    return sorted_lines(item_lines(list, [&](auto at) { return login_of(list.text(at + "/user_id")); }));
  };
  const auto members = eyes.get(path(where, "/members?limit=200"));
  std::string wrong = differs("members", members_in(members), model::members(should));
  const auto pins = eyes.get(path(where, "/pins"));
  const std::string pinned = item_lines(pins, [&](auto at) { return pins.text(at + "/message/id"); });
  if (wrong.empty()) wrong = differs("pins", pinned, model::pins(should));
  if (as < model::role::moderator) return wrong;
  const auto reports = eyes.get(path(where, "/reports"));
  const std::string queue = item_lines(reports, [&](const std::string& at) {
    return reports.text(at + "/message/id") + ' ' + std::to_string(reports.count(at + "/reports"));
  });
  if (wrong.empty()) wrong = differs("reports", queue, model_.reports(where));
  const std::pair<const char*, std::set<int>> lists[] = {
      {"bans", should.banned}, {"mutes", should.muted}, {"invitations", should.invited}};
  for (const auto& [name, those] : lists)
    if (wrong.empty())
      wrong = differs(name, people_in(eyes.get(path(where, '/' + std::string(name)))), model::logins(those));
  return wrong;
}

/// Moderators and those above see what was deleted since, members do not.
std::string community::look_back_at(int viewer, int where, const model::room& then) const {
  person& eyes = person_of(viewer);
  const std::string at = "at=" + std::to_string(then.last_seq);
  const std::string when = " at " + std::to_string(then.last_seq) + " for " + eyes.login();
  const bool sees_all = model_.is_at_least(model::role::moderator, viewer, where);
  const model::room* const today = sees_all ? nullptr : &model_.in(where);
  const auto page = eyes.get(path(where, "/messages?limit=200&after=0&" + at));
  std::string wrong = differs("messages" + when, messages_in(page), model::messages(then, std::nullopt, today));
  const auto members = eyes.get(path(where, "/members?limit=200&" + at));
  if (wrong.empty()) wrong = differs("members" + when, members_in(members), model::members(then));
  const auto pins = eyes.get(path(where, "/pins?" + at));
  const std::string pinned = item_lines(pins, [&](auto each) { return pins.text(each + "/message/id"); });
  if (wrong.empty()) wrong = differs("pins" + when, pinned, model::pins(then));
  const auto read = then.read.find(viewer);
  const auto up_to = std::to_string(eyes.get(path(where, "/read?" + at)).number("/last_read_seq")) + '\n';
  if (wrong.empty())
    wrong = differs("read" + when, up_to, std::to_string(read == then.read.end() ? 0 : read->second) + '\n');
  return wrong;
}

std::string community::look_back() const {
  std::string wrong;
  for (const auto& [where, moments] : moments_)
    for (const auto& [seq, then] : moments)
      for (int viewer = 0; viewer < model::people && wrong.empty(); ++viewer)
        if (model_.is_in(viewer, where) && (model_.is_at_least(model::role::owner, viewer, where) || seq % 3 == 0))
          wrong = look_back_at(viewer, where, then);
  return wrong;
}

/// Empty: all was as it should be.
std::string play(const std::vector<step>& steps) {
  community there;
  std::string wrong;
  for (std::size_t i = 0; i < steps.size() && wrong.empty(); ++i) {
    wrong = there.take(steps[i]);
    if (wrong.empty() && i % 20 == 19) wrong = there.look();
  }
  if (wrong.empty()) wrong = there.look();
  if (wrong.empty()) wrong = there.look_back();
  if (wrong.empty()) there.restart();
  if (wrong.empty()) wrong = there.look();
  if (wrong.empty()) wrong = there.rebuild();
  if (wrong.empty()) wrong = there.look();
  if (wrong.empty()) wrong = there.look_back();
  return wrong;
}

/// As few of the steps as are enough for something to be wrong. Halves go first, then smaller parts.
std::vector<step> shrunk(std::vector<step> steps) {
  int tries = 100;
  for (std::size_t part = steps.size() / 2; part > 0; part /= 2)
    for (std::size_t at = 0; at < steps.size() && tries > 0;) {
      std::vector<step> fewer = steps;
      const auto first = fewer.begin() + static_cast<std::ptrdiff_t>(at);
      fewer.erase(first, first + static_cast<std::ptrdiff_t>(std::min(part, fewer.size() - at)));
      --tries;
      if (!play(fewer).empty())
        steps = std::move(fewer);
      else
        at += part;
    }
  return steps;
}

TEST(Community, IsWhatANaiveModelOfItsCommandsSays) {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << std::endl;
  std::mt19937_64 random(seed);
  const auto number = [&] { return static_cast<std::uint32_t>(random()); };
  std::vector<step> steps;
  for (int n = 0; n < 300; ++n) steps.push_back({number(), number(), number(), number(), number()});
  std::string wrong = play(steps);
  if (wrong.empty()) return;
  steps = shrunk(std::move(steps));
  if (const std::string again = play(steps); !again.empty()) wrong = again;
  std::string left;
  for (const step& s : steps)
    left += "  {" + std::to_string(s.who) + ", " + std::to_string(s.what) + ", " + std::to_string(s.where) + ", " +
            std::to_string(s.which) + ", " + std::to_string(s.how) + "},\n";
  FAIL() << "seed " << seed << ", after " << steps.size() << " steps: " << wrong << left;
}

} // namespace
} // namespace palabre::testing
