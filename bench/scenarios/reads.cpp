#include "bench/scenarios/reads.hpp"

#include "bench/load/api_call.hpp"
#include "bench/load/filled_room.hpp"
#include "bench/scenarios/phase.hpp"
#include "bench/scenarios/repeated.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>

namespace palabre::bench {
namespace {

constexpr std::size_t page = 50, mentions = 100, pins = 20, drafts = 10;
constexpr std::size_t body_bytes = 128;
constexpr std::chrono::minutes indexing_max{10}; // until the search has read all of the room

/// What the reader is in.
struct surroundings {
  filled_room large;
  std::vector<std::string> messages; ///< ids of some in the large room
  std::string sync_cursor, word;     ///< of the last sync; that one message has
};

/// The strings behind each `"name":"`, in their order.
std::vector<std::string> all_fields(const std::string& json, const std::string& name) {
  const std::string key = '"' + name + "\":\"";
  std::vector<std::string> found;
  for (std::size_t at = json.find(key); at != json.npos; at = json.find(key, at)) {
    at += key.size();
    found.push_back(json.substr(at, json.find('"', at) - at));
  }
  return found;
}

void register_friend_who_mentions(const endpoint& at, const std::string& reader, const std::string& room) {
  const std::string made = call_api(at, "POST", "/api/v1/auth/register", {},
                                    R"({"login":"f-)" + reader + R"(","password":"a quiet afternoon"})");
  const std::string token = string_field(made, "access_token");
  call_api(at, "POST", "/api/v1/rooms/" + room + "/join", token);
  for (std::size_t i = 0; i < mentions; ++i)
    call_api(at, "POST", "/api/v1/rooms/" + room + "/messages", token, R"({"body":"look, @)" + reader + "\"}");
}

surroundings prepare(const endpoint& at, const reading_mix& what, const tell_progress& tell) {
  surroundings made;
  made.large = fill_room(at, what.messages, body_bytes, filling(tell, what.messages));
  const std::string& token = made.large.token;
  const auto get = [&](const std::string& path) { return call_api(at, "GET", "/api/v1" + path, token); };
  const std::string large = "/rooms/" + made.large.id;

  std::string last;
  for (std::size_t i = 1; i < what.rooms; ++i) {
    if (i % 50 == 0) tell("rooms", static_cast<double>(i) / static_cast<double>(what.rooms), "");
    const std::string room = R"({"name":"Room )" + std::to_string(i) + R"(","visibility":"public"})";
    last = string_field(call_api(at, "POST", "/api/v1/rooms", token, room), "id");
    if (i <= drafts) call_api(at, "PUT", "/api/v1/rooms/" + last + "/draft", token, R"({"body":"I was going to"})");
  }
  register_friend_who_mentions(at, string_field(get("/me"), "login"), last);
  made.messages = all_fields(get(large + "/messages?limit=" + std::to_string(page)), "id");
  for (std::size_t i = 0; i < pins; ++i) call_api(at, "PUT", "/api/v1" + large + "/pins/" + made.messages.at(i), token);
  for (const char* emoji : {"%F0%9F%91%8D", "%F0%9F%8E%89", "%F0%9F%98%80"})
    call_api(at, "PUT", "/api/v1" + large + "/messages/" + made.messages.back() + "/reactions/" + emoji, token);
  made.sync_cursor = string_field(get("/sync"), "cursor");
  made.word = all_fields(get(large + "/messages?limit=1"), "body").at(0).substr(4, 32); // of its mark
  tell("indexing", 0, "");
  call_api_patiently(at, "GET", "/api/v1/search?q=" + made.word, token, {}, indexing_max);
  return made;
}

/// One kind of read, and how often it comes among all.
struct read_kind {
  std::string name, path;
  double weight = 1;
  bool is_anywhere = false; ///< `before` of a page follows
  std::string has;          ///< what a right answer holds
};

std::vector<read_kind> kinds_of(const surroundings& s) {
  const std::string room = "/rooms/" + s.large.id, limit = "limit=" + std::to_string(page);
  const std::string seq = "\"seq\":", a_message = s.messages.back(), middle = std::to_string(s.large.last_seq / 2);
  std::string ids;
  for (const std::string& each : s.messages) ids += (ids.empty() ? "" : ",") + each;
  return {
      {"newest page", room + "/messages?" + limit, 25, false, seq},
      {"page anywhere", room + "/messages?" + limit + "&before=", 15, true, seq},
      {"oldest page", room + "/messages?after=0&" + limit, 5, false, seq},
      {"message", room + "/messages/" + a_message, 8, false, seq},
      {"50 messages by their ids", room + "/messages?ids=" + ids, 3, false, seq},
      {"reactions of a message", room + "/messages/" + a_message + "/reactions", 3, false, "emoji"},
      {"pins", room + "/pins", 3, false, seq},
      {"events", room + "/events?" + limit, 3, false, "message.posted"},
      {"page as it was", room + "/messages?" + limit + "&at=" + middle, 1, false, seq},
      {"room", room, 5, false, "last_seq"},
      {"members", room + "/members", 3, false, "owner"},
      {"read position", room + "/read", 5, false, "unread_count"},
      {"50 of one's rooms", "/rooms?limit=50", 8, false, "last_seq"},
      {"200 of one's rooms", "/rooms?limit=200", 1, false, "last_seq"},
      {"sync, nothing new", "/sync?since=" + s.sync_cursor, 5, false, "cursor"},
      {"sync, everything", "/sync", 0.2, false, "cursor"},
      {"mentions", "/me/mentions?" + limit, 3, false, seq},
      {"drafts", "/me/drafts", 1, false, "going to"},
      {"profile", "/me", 2, false, "login"},
      {"search", "/search?q=" + s.word, 0.8, false, seq},
  };
}

class reader final : public questioner {
public:
  reader(const endpoint& at, const surroundings& s, std::uint64_t seed)
      : large_(s.large), all_(kinds_of(s)), random_(seed) {
    for (const read_kind& each : all_) {
      const std::string request = get_request(at, "/api/v1" + each.path + (each.is_anywhere ? "#" : ""), s.large.token);
      const std::size_t hole = each.is_anywhere ? request.find('#') : request.size();
      requests_.push_back({request.substr(0, hole), each.is_anywhere ? request.substr(hole + 1) : ""});
      weights_.push_back(each.weight);
    }
    draw_ = std::discrete_distribution<std::size_t>(weights_.begin(), weights_.end());
  }

  std::vector<std::string> kinds() const override {
    std::vector<std::string> names;
    for (const read_kind& each : all_) names.push_back(each.name);
    return names;
  }
  question next() override {
    const std::size_t kind = draw_(random_);
    const auto& [before, behind] = requests_[kind];
    if (!all_[kind].is_anywhere) return {before, kind};
    std::uniform_int_distribution<std::uint64_t> seq(large_.first_seq + page, large_.last_seq + 1); // a whole page
    text_ = before;
    text_ += std::to_string(seq(random_));
    text_ += behind;
    return {text_, kind};
  }
  std::string wrong(std::size_t kind, const http_answer& answer) override {
    const read_kind& what = all_[kind];
    if (answer.body.find(what.has) != answer.body.npos) return {};
    return what.name + ": no " + what.has + " in " + std::string(answer.body.substr(0, 200));
  }

private:
  const filled_room& large_;
  const std::vector<read_kind> all_;
  std::mt19937_64 random_;
  std::vector<std::pair<std::string, std::string>> requests_; ///< before and behind what is drawn
  std::vector<double> weights_;
  std::discrete_distribution<std::size_t> draw_;
  std::string text_;
};

} // namespace

result measure_reads(const options& how, const reading_mix& what, const tell_progress& tell) {
  const std::size_t least = std::max(page, pins);
  if (what.messages < least)
    throw std::runtime_error("the room is to hold at least " + std::to_string(least) + " messages");
  char share[16];
  std::snprintf(share, sizeof share, "%g", what.load);
  auto into = begin_result(how, "reads", "How long does each kind of read take under load?",
                           {{"connections", std::to_string(what.connections)},
                            {"messages of the large room", std::to_string(what.messages)},
                            {"rooms of the reader", std::to_string(what.rooms)},
                            {"load", std::string(share) + " of the highest rate, at random times"}});
  return repeated(how, std::move(into), tell, [&](arena& server, const tell_progress& nth) {
    const surroundings here = prepare(server.at(), what, nth);
    reader highest(server.at(), here, how.seed), loaded(server.at(), here, how.seed + 1);
    const run full = request_run(how, {what.connections, 0}, highest, server, nth).measure(false);
    if (!full.failures.empty()) return full;
    const figure rate = full.figures.front();
    run done = request_run(how, {what.connections, what.load * rate.value}, loaded, server, nth).measure(false);
    done.figures.push_back({"highest rate", rate.unit, better::higher, rate.value});
    done.generator.limiting = done.generator.limiting || full.generator.limiting;
    return done;
  });
}

} // namespace palabre::bench
