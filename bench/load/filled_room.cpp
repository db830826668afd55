#include "bench/load/filled_room.hpp"

#include "bench/load/api_call.hpp"
#include "bench/load/crowd.hpp"
#include "bench/load/dialects.hpp"
#include "bench/load/marked_body.hpp"

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace palabre::bench {
namespace {

/// A server may carry out the commands of one connection one after the other; those of many it puts into one batch. All
/// of them are of one user: fewer than `[limits] connections_per_user`.
constexpr std::size_t fill_connections = 48;
constexpr std::int64_t fill_patience_ns = 10'000'000'000;
constexpr std::int64_t fill_told_every_ns = 1'000'000'000;

/// What all that write to the room have done.
struct common_work {
  crowd* connections;
  const std::size_t wanted, body_bytes;
  std::size_t sent = 0, done = 0;
  std::string refusal;

  bool is_over() const { return done == wanted || !refusal.empty() || connections->dropped() != 0; }
};

/// Posts one message after the other, each when the one before was accepted.
struct writer final : participant {
  explicit writer(common_work& part_of) : all(part_of) {}
  void ready() override { all.connections->one_is_ready(); }
  void delivered(std::string_view) override {}
  void dropped(std::string_view why) override { all.connections->one_dropped(why); }
  void refused(std::string_view why) override {
    if (all.refusal.empty()) all.refusal = why;
  }
  void accepted() override {
    ++all.done;
    post();
  }
  void post() {
    if (all.sent == all.wanted) return;
    ++all.sent;
    line->post(marked_body({0, static_cast<std::uint32_t>(all.sent), 0}, all.body_bytes));
  }

  common_work& all;
  session* line = nullptr;
};

std::uint64_t number_field(const std::string& json, const std::string& name) {
  const auto at = json.find("\"" + name + "\":");
  if (at == std::string::npos) throw std::runtime_error("no " + name + " in " + json);
  return std::strtoull(json.c_str() + at + name.size() + 3, nullptr, 10);
}

} // namespace

filled_room fill_room(const endpoint& at, std::size_t messages, std::size_t body_bytes,
                      const std::function<void(std::size_t)>& tell) {
  const auto speech = speak_palabre();
  const place where = speech->prepare(at, 1);
  loop work;
  common_work all{nullptr, messages, body_bytes, 0, 0, {}};
  std::vector<writer> writers(std::min(messages, fill_connections), writer(all));
  crowd connections(work, at, *speech);
  all.connections = &connections;
  for (writer& each : writers)
    each.line = &connections.add({where.tokens.front(), where.channels.front(), false, true, 0}, each);
  if (!connections.open_all(writers.size(), work.tick() + fill_patience_ns))
    throw std::runtime_error("cannot connect: " + connections.first_reason());
  for (writer& each : writers) each.post();
  for (std::int64_t heard_at = work.tick(); !all.is_over() && work.tick() - heard_at < fill_patience_ns;) {
    const std::size_t before = all.done;
    work.run_until(work.tick() + fill_told_every_ns, [&] { return all.is_over(); });
    if (all.done != before) heard_at = work.tick();
    if (tell) tell(all.done);
  }
  if (all.done != messages)
    throw std::runtime_error("only " + std::to_string(all.done) + " of " + std::to_string(messages) +
                             " messages were posted" + (all.refusal.empty() ? "" : ": " + all.refusal) +
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
