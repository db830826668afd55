// Every cell of the table of who may do what in a room, over HTTP and by rpc, each in a room of its own.

#include "realtime_scene.hpp"

#include "events/permissions.hpp"
#include "http/api.hpp"

#include <functional>
#include <set>

namespace palabre::testing {
namespace {

using events::room_action;
using http::access;

/// Where a cell is tried.
struct stage {
  std::string room, code, stranger_message, own_message, victim, invitation;
};

/// One thing to do in a room.
struct attempt {
  room_action action;
  std::string method, path; ///< with {id}, {mid} (the stranger's message), {own}, {user_id}, {invitation_id}
  std::string body = "";
  std::string rpc = "", data = ""; ///< data: what is behind the room's id
};

const std::vector<attempt>& attempts() {
  static const std::string rooms = "/api/v1/rooms/{id}";
  static const std::vector<attempt> all = {
      {room_action::see, "GET", rooms},
      {room_action::see, "GET", rooms + "/members"},
      {room_action::read, "GET", rooms + "/messages", "", "room.history", ""},
      {room_action::read, "GET", rooms + "/messages/{mid}"},
      {room_action::read, "GET", rooms + "/messages/{mid}/edits"},
      {room_action::read, "GET", rooms + "/messages/{mid}/reactions"},
      {room_action::read, "GET", rooms + "/reactions?message_ids={mid}"},
      {room_action::read, "GET", rooms + "/pins", "", "room.pins", ""},
      {room_action::read, "GET", rooms + "/messages?ids={mid}"},
      {room_action::read, "PUT", rooms + "/messages/{mid}/report", "{}", "message.report", R"(,"message_id":"{mid}")"},
      {room_action::read, "GET", rooms + "/draft"},
      {room_action::read, "PUT", rooms + "/draft", R"({"body":"x"})", "draft.save", R"(,"body":"x")"},
      {room_action::read, "DELETE", rooms + "/draft", "", "draft.discard", ""},
      {room_action::read, "GET", rooms + "/notifications"},
      {room_action::read, "PUT", rooms + "/notifications", R"({"level":"none"})", "notifications.choose",
       R"(,"level":"none")"},
      {room_action::read, "GET", rooms + "/read"},
      {room_action::read, "GET", rooms + "/read?at=2"},
      {room_action::read, "GET", rooms + "/events"},
      {room_action::read, "GET", rooms + "/presence"},
      {room_action::read, "GET", rooms + "?at=2"},
      {room_action::read, "PUT", rooms + "/messages/{mid}/reactions/%F0%9F%91%8D"},
      {room_action::read, "DELETE", rooms + "/messages/{mid}/reactions/%F0%9F%91%8D"},
      {room_action::read, "POST", rooms + "/messages/{mid}/reactions", R"({"emoji":"👍"})", "reaction.toggle",
       R"(,"message_id":"{mid}","emoji":"👍")"},
      {room_action::read, "PUT", rooms + "/read", R"({"seq":1})", "read.advance", R"(,"seq":1)"},
      {room_action::post, "POST", rooms + "/messages", R"({"body":"hello"})", "message.post", R"(,"body":"hello")"},
      {room_action::post, "POST", rooms + "/typing", "", "typing", ""},
      {room_action::post, "PATCH", rooms + "/messages/{own}", R"({"body":"so"})", "message.edit",
       R"(,"message_id":"{own}","body":"so")"},
      {room_action::post, "DELETE", rooms + "/messages/{own}", "", "message.delete", R"(,"message_id":"{own}")"},
      {room_action::moderate, "DELETE", rooms + "/messages/{mid}", "", "message.delete", R"(,"message_id":"{mid}")"},
      {room_action::moderate, "DELETE", rooms + "/members/{user_id}", "", "member.kick", R"(,"user_id":"{user_id}")"},
      {room_action::moderate, "PUT", rooms + "/pins/{mid}", "", "message.pin", R"(,"message_id":"{mid}")"},
      {room_action::moderate, "DELETE", rooms + "/pins/{mid}", "", "message.unpin", R"(,"message_id":"{mid}")"},
      {room_action::moderate, "GET", rooms + "/reports"},
      {room_action::moderate, "DELETE", rooms + "/reports/{mid}", "", "message.review", R"(,"message_id":"{mid}")"},
      {room_action::moderate, "GET", rooms + "/bans"},
      {room_action::moderate, "PUT", rooms + "/bans/{user_id}", R"({"reason":"spam"})", "member.ban",
       R"(,"user_id":"{user_id}","reason":"spam")"},
      {room_action::moderate, "DELETE", rooms + "/bans/{user_id}", "", "member.unban", R"(,"user_id":"{user_id}")"},
      {room_action::moderate, "GET", rooms + "/mutes"},
      {room_action::moderate, "PUT", rooms + "/mutes/{user_id}", R"({"expires_in":60})", "member.mute",
       R"(,"user_id":"{user_id}","expires_in":60)"},
      {room_action::moderate, "DELETE", rooms + "/mutes/{user_id}", "", "member.unmute", R"(,"user_id":"{user_id}")"},
      {room_action::moderate, "POST", rooms + "/invitations", "{}", "invitation.create", ""},
      {room_action::moderate, "GET", rooms + "/invitations"},
      {room_action::moderate, "DELETE", rooms + "/invitations/{invitation_id}", "", "invitation.revoke",
       R"(,"invitation_id":"{invitation_id}")"},
      {room_action::administrate, "PATCH", rooms, R"({"description":"new"})"},
      {room_action::administrate, "POST", rooms + "/share_code"},
      {room_action::administrate, "PATCH", rooms + "/members/{user_id}", R"({"role":"member"})", "member.change_role",
       R"(,"user_id":"{user_id}","role":"member")"},
      {room_action::own, "DELETE", rooms},
      {room_action::own, "POST", rooms + "/restore"},
      {room_action::own, "PUT", rooms + "/owner", R"({"user_id":"{user_id}"})", "room.transfer",
       R"(,"user_id":"{user_id}")"},
  };
  return all;
}

/// Whoever may see a room may come in or is in it already, and may go, but for its owner: not a matter of roles.
const std::set<std::string> of_anybody = {"join_room", "leave_room"};

struct column {
  std::string name;
  person* who;
  std::optional<events::role> as;
};

class Permissions : public ::testing::TestWithParam<events::visibility> {
protected:
  static events::visibility visible() { return GetParam(); }

  std::string filled(std::string text, const stage& on) const {
    const auto put = [&](std::string_view name, const std::string& value) {
      for (auto at = text.find(name); at != text.npos; at = text.find(name)) text.replace(at, name.size(), value);
    };
    put("{id}", on.room);
    put("{mid}", on.stranger_message);
    put("{own}", on.own_message);
    put("{user_id}", on.victim);
    put("{invitation_id}", on.invitation);
    return text;
  }

  /// A room with somebody of every role, and a message of a member and one of who is about to act.
  stage set_up(const column& actor) {
    stage on;
    on.room = owner_.make_room("Room", visible() == events::visibility::open ? R"(,"visibility":"public")" : "");
    on.code = owner_.get("/api/v1/rooms/" + on.room).text("/share_code");
    on.victim = victim_.id();
    on.invitation = owner_.post("/api/v1/rooms/" + on.room + "/invitations", "{}").text("/id");
    for (person* each : {&admin_, &moderator_, &member_, &victim_}) come_in(*each, on);
    give(on, admin_, "admin");
    give(on, moderator_, "moderator");
    on.stranger_message = victim_.say(on.room, "words").text("/id");
    on.own_message = actor.as ? actor.who->say(on.room, "mine").text("/id") : on.stranger_message;
    return on;
  }
  void come_in(person& who, const stage& on) {
    const auto joined = who.post("/api/v1/rooms/join", R"({"share_code":")" + on.code + R"("})");
    ASSERT_EQ(joined.status, 200) << joined.body;
  }
  void give(const stage& on, const person& who, const std::string& role) {
    const auto given = owner_.patch("/api/v1/rooms/" + on.room + "/members/" + who.id(), R"({"role":")" + role + "\"}");
    ASSERT_EQ(given.status, 200) << given.body;
    EXPECT_EQ(given.text("/role"), role);
  }

  bool may(const column& c, room_action action) const {
    return events::may(c.as ? std::optional<events::standing>(*c.as) : std::nullopt, visible(), action);
  }
  /// 0: it may succeed.
  int refusal_of(const column& c, room_action action) const {
    if (may(c, action)) return 0;
    return may(c, room_action::see) ? 403 : 404;
  }
  static http_answer send(person& who, const attempt& what, const std::string& path, const std::string& body) {
    if (what.method == "GET") return who.get(path);
    if (what.method == "PUT") return who.put(path, body);
    if (what.method == "PATCH") return who.patch(path, body);
    return what.method == "DELETE" ? who.del(path) : who.post(path, body);
  }

  running_server server_;
  person owner_{server_, "owner"}, admin_{server_, "admin"}, moderator_{server_, "moderator"},
      member_{server_, "member"}, other_{server_, "other"}, victim_{server_, "victim"};
  std::vector<column> columns_ = {{"owner", &owner_, events::role::owner},
                                  {"admin", &admin_, events::role::admin},
                                  {"moderator", &moderator_, events::role::moderator},
                                  {"member", &member_, events::role::member},
                                  {"other", &other_, std::nullopt}};
};

TEST_P(Permissions, HoldInEveryCellOverHttp) {
  for (const column& c : columns_)
    for (const attempt& what : attempts()) {
      const stage on = set_up(c);
      if (HasFatalFailure()) return;
      const std::string path = filled(what.path, on);
      const auto got = send(*c.who, what, path, filled(what.body, on));
      const int refusal = refusal_of(c, what.action);
      if (refusal != 0)
        EXPECT_EQ(got.status, refusal) << c.name << ' ' << what.method << ' ' << what.path << ' ' << got.body;
      else
        EXPECT_TRUE(got.status >= 200 && got.status < 300)
            << c.name << ' ' << what.method << ' ' << what.path << ' ' << got.status << ' ' << got.body;
    }
}

TEST_P(Permissions, HoldInEveryCellByRpc) {
  for (const column& c : columns_) {
    websocket_client line = connected(server_, *c.who);
    for (const attempt& what : attempts()) {
      if (what.rpc.empty()) continue;
      const stage on = set_up(c);
      if (HasFatalFailure()) return;
      const auto reply = line.ask(R"("rpc":{"method":")" + what.rpc + R"(","data":{"room_id":")" + on.room + '"' +
                                  filled(what.data, on) + "}}");
      const int refusal = refusal_of(c, what.action);
      if (refusal == 0)
        EXPECT_TRUE(reply.has("/rpc")) << c.name << ' ' << what.rpc << ' ' << reply.body;
      else
        EXPECT_EQ(reply.number("/error/code"), refusal == 403 ? 103 : 404) << c.name << ' ' << what.rpc;
    }
  }
}

TEST_P(Permissions, OfReadingAreThoseOfSubscribing) {
  for (const column& c : columns_) {
    const stage on = set_up(c);
    if (HasFatalFailure()) return;
    websocket_client line = connected(server_, *c.who);
    const auto reply = line.ask(subscribe_to(on.room));
    if (may(c, room_action::read))
      EXPECT_TRUE(reply.has("/subscribe")) << c.name << ' ' << reply.body;
    else
      EXPECT_EQ(reply.number("/error/code"), 103) << c.name;
  }
}

/// A row of the table that nobody tries would be one that nobody holds to it.
TEST(PermissionsTable, IsTriedInAllThatIsAboutARoom) {
  for (const http::route& row : http::route_table()) {
    if (row.needs < access::room_join || of_anybody.contains(std::string(row.name))) continue;
    const auto is_this = [&](const attempt& what) {
      std::string pattern = what.path.substr(0, what.path.find('?'));
      for (const auto& [from, to] :
           {std::pair<std::string, std::string>{"{own}", "{mid}"}, {"%F0%9F%91%8D", "{emoji}"}})
        if (const auto at = pattern.find(from); at != pattern.npos) pattern.replace(at, from.size(), to);
      return what.method == http::name_of(row.method) && pattern == row.path;
    };
    EXPECT_TRUE(std::any_of(attempts().begin(), attempts().end(), is_this)) << row.name << " is tried by nobody";
    if (row.rpc.empty()) continue;
    EXPECT_TRUE(std::any_of(attempts().begin(), attempts().end(), [&](const attempt& a) { return a.rpc == row.rpc; }))
        << row.rpc << " is tried by nobody";
  }
}

INSTANTIATE_TEST_SUITE_P(Rooms, Permissions, ::testing::Values(events::visibility::open, events::visibility::closed),
                         [](const auto& each) { return std::string(events::name_of(each.param)); });

} // namespace
} // namespace palabre::testing
