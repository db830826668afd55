#include "bench/scenarios/history.hpp"

#include "bench/load/filled_room.hpp"
#include "bench/scenarios/phase.hpp"
#include "bench/scenarios/repeated.hpp"

#include <stdexcept>

namespace palabre::bench {
namespace {

using part = history_reading::part;

const char* name_of(part where) {
  switch (where) {
  case part::newest: return "newest";
  case part::middle: return "middle";
  case part::oldest: return "oldest";
  case part::random: return "random";
  }
  return "";
}

class page_question final : public questioner {
public:
  page_question(const endpoint& at, const filled_room& room, const history_reading& what, std::uint64_t seed)
      : what_(what), room_(room), random_(seed) {
    const std::string request =
        get_request(at, "/api/v1/rooms/" + room.id + "/messages?limit=" + std::to_string(what.limit) + "#", room.token);
    cursor_at_ = request.find('#');
    before_ = request.substr(0, cursor_at_);
    behind_ = request.substr(cursor_at_ + 1);
    request_ = before_ + cursor() + behind_;
  }

  question next() override {
    if (what_.where != part::random) return {request_};
    request_.resize(cursor_at_); // keeps its memory
    request_ += cursor();
    request_ += behind_;
    return {request_};
  }

  std::string wrong(std::size_t, const http_answer& answer) override {
    if (answer.status != 200) return "status " + std::to_string(answer.status);
    const std::size_t found = count_messages(answer.body);
    return found == what_.limit ? std::string{}
                                : std::to_string(found) + " messages instead of " + std::to_string(what_.limit) + ": " +
                                      std::string(answer.body.substr(0, 200));
  }

private:
  /// Such that a whole page is there.
  std::string cursor() {
    const std::uint64_t first_full = room_.first_seq + what_.limit;
    switch (what_.where) {
    case part::newest: return {};
    case part::oldest: return "&after=0";
    case part::middle: return "&before=" + std::to_string((first_full + room_.last_seq) / 2 + 1);
    case part::random: break;
    }
    return "&before=" +
           std::to_string(std::uniform_int_distribution<std::uint64_t>(first_full, room_.last_seq + 1)(random_));
  }

  const history_reading& what_;
  const filled_room& room_;
  std::mt19937_64 random_;
  std::size_t cursor_at_ = 0;
  std::string before_, behind_, request_;
};

/// A path of someone else's: only the status tells.
class foreign_question final : public questioner {
public:
  explicit foreign_question(std::string request) : request_(std::move(request)) {}
  question next() override { return {request_}; }
  std::string wrong(std::size_t, const http_answer&) override { return {}; }

private:
  const std::string request_;
};

/// Not parameters: another server has other pages, and is asked the same.
std::vector<name_and_text> pages_of(const history_reading& what) {
  if (!what.path.empty()) return {{"path", what.path}};
  return {{"messages in the room", std::to_string(what.messages)},
          {"body", std::to_string(what.body_bytes) + " bytes"},
          {"messages of a page", std::to_string(what.limit)},
          {"page", name_of(what.where)}};
}

} // namespace

std::size_t count_messages(std::string_view page) {
  constexpr std::string_view key = R"("seq":)";
  std::size_t count = 0;
  std::size_t stride = page.size(); // messages of one load are alike: the next is where the last step leads
  for (std::size_t at = page.find(key); at != std::string_view::npos; ++count) {
    const bool guessed = at + stride < page.size() && page.substr(at + stride, key.size()) == key;
    const std::size_t next = guessed ? at + stride : page.find(key, at + key.size());
    if (next != std::string_view::npos) stride = next - at;
    at = next;
  }
  return count;
}

result measure_history(const options& how, const history_reading& what, const tell_progress& tell) {
  if (what.messages < what.limit) throw std::runtime_error("a page would hold more messages than the room");
  auto into = begin_result(how, "history", "How many pages of messages a second are read, and at what cost?",
                           parameters_of(what.load));
  const auto pages = pages_of(what);
  into.environment.insert(into.environment.end(), pages.begin(), pages.end());
  return repeated(how, std::move(into), tell, [&](arena& server, const tell_progress& nth) {
    if (!what.path.empty()) {
      foreign_question question(get_request(server.at(), what.path, {}));
      return request_run(how, what.load, question, server, nth).measure(true);
    }
    const filled_room room = fill_room(server.at(), what.messages, what.body_bytes, filling(nth, what.messages));
    page_question question(server.at(), room, what, how.seed);
    return request_run(how, what.load, question, server, nth).measure(true);
  });
}

} // namespace palabre::bench
