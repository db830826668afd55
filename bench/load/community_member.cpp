#include "bench/load/community_member.hpp"

#include <simdjson.h>

#include <charconv>

namespace palabre::bench {
namespace {

std::uint64_t number_behind(std::string_view name, std::string_view json) {
  std::uint64_t number = 0;
  const auto at = json.rfind(name);
  if (at != std::string_view::npos) std::from_chars(json.data() + at + name.size(), json.data() + json.size(), number);
  return number;
}

} // namespace

community_member::community_member(loop& work, const endpoint& at, std::string token, std::vector<std::string> rooms,
                                   owner& who)
    : socket_(work, *this), at_(at), token_(std::move(token)), rooms_(std::move(rooms)), who_(who),
      positions_(rooms_.size()) {}

void community_member::open() {
  awaited_ = 1 + rooms_.size();
  calls_.clear();
  next_id_ = 1;
  socket_.open(at_, "/connection/websocket", {});
}

void community_member::cut() {
  socket_.cut();
  calls_.clear();
}

void community_member::opened() {
  std::string first = R"({"id":1,"connect":{"token":")" + token_ + R"("}})";
  for (std::size_t i = 0; i < rooms_.size(); ++i) {
    first += "\n{\"id\":" + std::to_string(i + 2) + R"(,"subscribe":{"channel":"room:)" + rooms_[i] + '"';
    if (was_here_)
      first += R"(,"recover":true,"offset":)" + std::to_string(positions_[i].offset) + R"(,"epoch":")" +
               positions_[i].epoch + '"';
    first += "}}";
  }
  next_id_ = rooms_.size() + 2;
  socket_.send(first);
}

void community_member::call(std::string_view method, std::string_view json, std::uint64_t tag,
                            std::int64_t intended_ns) {
  calls_.push_back({tag, intended_ns});
  std::string command = R"({"id":)" + std::to_string(next_id_++) + R"(,"rpc":{"method":")";
  command += method;
  command += R"(","data":)";
  command += json;
  command += "}}";
  socket_.send(command);
}

void community_member::received(std::string_view message) {
  while (!message.empty() && socket_.is_open()) {
    const auto end = message.find('\n');
    take_line(message.substr(0, end));
    if (end == std::string_view::npos) return;
    message.remove_prefix(end + 1);
  }
}

void community_member::take_line(std::string_view line) {
  if (line == "{}") return socket_.send("{}"); // a ping, and its pong
  if (line.starts_with(R"({"push")")) return take_push(line);
  const bool failed = line.substr(0, 40).find(R"("error")") != std::string_view::npos;
  std::uint64_t id = 0;
  std::from_chars(line.data() + 6, line.data() + line.size(), id); // behind {"id":
  if (id > rooms_.size() + 1) {
    if (calls_.empty()) {
      cut();
      return who_.dropped("answers what was not asked");
    }
    const asked oldest = calls_.front();
    calls_.pop_front();
    return who_.answered(oldest.tag, oldest.intended_ns, failed, line);
  }
  if (failed) {
    cut();
    return who_.dropped(line);
  }
  if (id >= 2) take_subscribed(static_cast<std::size_t>(id - 2), line);
  if (!socket_.is_open() || --awaited_ > 0) return;
  was_here_ = true;
  who_.ready();
}

void community_member::take_push(std::string_view line) {
  constexpr std::string_view channel = R"("channel":"room:)", own_channel = R"("channel":"user:)";
  if (line.find(own_channel) != std::string_view::npos) return; // what concerns the user, such as who else is there
  const auto at = line.find(channel);
  const auto room = at == std::string_view::npos ? std::string_view() : line.substr(at + channel.size(), 36);
  for (std::size_t i = 0; i < rooms_.size(); ++i) {
    if (rooms_[i] != room) continue;
    const std::uint64_t offset = number_behind(R"("offset":)", line);
    if (offset == 0) return; // an ephemeral one
    positions_[i].offset = std::max(positions_[i].offset, offset);
    return who_.event(i, offset, line);
  }
  who_.dropped("a push for a room that was not subscribed to: " + std::string(line.substr(0, 200)));
}

void community_member::take_subscribed(std::size_t index, std::string_view line) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(line);
  simdjson::dom::object reply;
  if (parser.parse(padded)["subscribe"].get(reply) != simdjson::SUCCESS) return who_.dropped(line);
  std::string_view epoch;
  std::uint64_t offset = 0;
  bool recovered = false;
  simdjson::dom::array missed;
  if (reply["epoch"].get(epoch) != simdjson::SUCCESS) return who_.dropped(line);
  const bool has_offset = reply["offset"].get(offset) == simdjson::SUCCESS;
  positions_[index].epoch = epoch;
  if (!was_here_) {
    positions_[index].offset = has_offset ? offset : 0; // a zero is left out
    return who_.begins(index, positions_[index].offset);
  }
  if (reply["recovered"].get(recovered) != simdjson::SUCCESS || !recovered) {
    cut();
    return who_.dropped("what was missed cannot be had: " + std::string(line));
  }
  if (reply["publications"].get(missed) != simdjson::SUCCESS) return; // nothing was missed
  for (const auto one : missed) {
    if (one["offset"].get(offset) != simdjson::SUCCESS) continue;
    positions_[index].offset = std::max(positions_[index].offset, offset);
    who_.event(index, offset, line);
  }
}

} // namespace palabre::bench
