#include "bench/load/filled_room.hpp"

#include "bench/load/api_call.hpp"
#include "bench/load/crowd.hpp"
#include "bench/load/dialects.hpp"
#include "bench/load/marked_body.hpp"

#include <stdexcept>

namespace palabre::bench {
namespace {

constexpr std::size_t fill_in_flight_max = 1'000; // of one connection: batches are large, and no queue is full
constexpr std::int64_t fill_patience_ns = 10'000'000'000;

/// Posts one message after the other, many of them under way.
struct writer final : participant {
  writer(crowd& all, std::size_t messages, std::size_t bytes) : connections(all), wanted(messages), body_bytes(bytes) {}
  void ready() override { connections.one_is_ready(); }
  void delivered(std::string_view) override {}
  void dropped(std::string_view why) override { connections.one_dropped(why); }
  void refused(std::string_view why) override { refusal = why; }
  void accepted() override {
    ++done;
    go_on();
  }
  void go_on() {
    for (; sent < wanted && sent - done < fill_in_flight_max; ++sent)
      line->post(marked_body({0, static_cast<std::uint32_t>(sent + 1), 0}, body_bytes));
  }
  bool is_over() const { return done == wanted || !refusal.empty() || connections.dropped() != 0; }

  crowd& connections;
  const std::size_t wanted, body_bytes;
  session* line = nullptr;
  std::size_t sent = 0, done = 0;
  std::string refusal;
};

std::uint64_t number_field(const std::string& json, const std::string& name) {
  const auto at = json.find("\"" + name + "\":");
  if (at == std::string::npos) throw std::runtime_error("no " + name + " in " + json);
  return std::strtoull(json.c_str() + at + name.size() + 3, nullptr, 10);
}

} // namespace

filled_room fill_room(const endpoint& at, std::size_t messages, std::size_t body_bytes) {
  const auto speech = speak_palabre();
  const place where = speech->prepare(at, 1);
  loop work;
  crowd connections(work, at, *speech);
  writer who(connections, messages, body_bytes);
  who.line = &connections.add({where.tokens.front(), where.channels.front(), false, true, 0}, who);
  if (!connections.open_all(1, work.tick() + fill_patience_ns))
    throw std::runtime_error("cannot connect: " + connections.first_reason());
  who.go_on();
  for (std::size_t before = ~std::size_t{0}; !who.is_over() && before != who.done;) {
    before = who.done;
    work.run_until(work.tick() + fill_patience_ns, [&] { return who.is_over(); });
  }
  if (who.done != messages)
    throw std::runtime_error("only " + std::to_string(who.done) + " of " + std::to_string(messages) +
                             " messages were posted" + (who.refusal.empty() ? "" : ": " + who.refusal) +
                             (connections.dropped() ? ": " + connections.first_reason() : ""));
  connections.cut_all();
  filled_room room;
  room.id = where.channels.front().substr(5); // behind "room:"
  room.token = where.tokens.front();
  room.last_seq = number_field(call_api(at, "GET", "/api/v1/rooms/" + room.id, room.token), "last_seq");
  room.first_seq = room.last_seq + 1 - messages;
  return room;
}

} // namespace palabre::bench
