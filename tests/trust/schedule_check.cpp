#include "schedule.hpp"

#include "events/event.hpp"
#include "events/streams.hpp"

#include <charconv>

namespace palabre::trust {
namespace {

constexpr std::uint64_t intruder = 0;

std::uint64_t number_of(const storage::record& r) {
  std::uint64_t number = intruder;
  std::from_chars(r.correlation.data(), r.correlation.data() + r.correlation.size(), number);
  return number;
}

std::string text_of(const room_model::expectation& expected) {
  if (expected.refusal) return std::string(name_of(*expected.refusal));
  return expected.events.empty() ? "nothing" : expected.events.front();
}

std::string about(std::uint64_t number, const std::string& what) {
  return "command " + std::to_string(number) + ": " + what;
}

} // namespace

std::string schedule::read_log(state_of_log& is) const {
  is.models.emplace_back();
  std::string wrong;
  sha256_digest previous{};
  const auto read =
      on_.server->log().read_stream(events::stream_of(room_), 0, SIZE_MAX, [&](const storage::committed_record& r) {
        const auto event = events::decode<events::room_event>(r.view.type, r.view.schema, r.view.payload);
        if (!event || r.view.version != is.models.size() || r.view.previous != previous)
          wrong = "version " + std::to_string(is.models.size()) + " of the room does not continue it";
        if (!wrong.empty()) return false;
        previous = r.hash;
        const std::uint64_t number = number_of(r.view);
        if (is.events[number].empty()) {
          is.before[number] = is.models.size() - 1;
          is.first[number] = r.view.at;
        }
        is.events[number].push_back(text_of(event.value()));
        room_model next = is.models.back();
        next.apply(event.value(), r.view.actor);
        is.models.push_back(std::move(next));
        return true;
      });
  return read ? wrong : read.error().context;
}

/// Is there a durable state, from its sending to its answer, of which that was right to say?
bool schedule::was_right(const sent_command& c, const room_model::expectation& said, const state_of_log& is) const {
  for (stream_version v = c.durable_before; v <= c.durable_at_answer && v < is.models.size(); ++v)
    if (is.models[v].expected_of(c.command, c.actor) == said) return true;
  return false;
}

std::string schedule::check(std::uint64_t number, const state_of_log& is) const {
  const sent_command& c = *commands_.at(number);
  const bool in_log = is.events.contains(number);
  if (in_log && number != 1) { // whoever hears of it or not: it stands where it could be decided
    const stream_version before = is.before.at(number);
    const auto expected = is.models[before].expected_of(c.command, c.actor);
    if (expected.refusal || expected.events != is.events.at(number))
      return about(number, "its events do not follow: " + is.events.at(number).front() + " at version " +
                               std::to_string(before + 1) + ", the model: " + text_of(expected));
    if (before < c.durable_before) return about(number, "stands before what was durable when it was sent");
  }
  if (!c.answer) return c.in_doubt ? "" : about(number, "was never answered");
  if (*c.answer) return check_success(number, is);
  const error& why = c.answer->error();
  switch (why.code) {
  case errc::unavailable: ++counted_.dropped; return {}; // told so: perhaps it is there
  case errc::abandoned:
  case errc::version_mismatch: ++counted_.dropped; return in_log ? about(number, "failed, and is in the log") : "";
  case errc::stale_facts:
    ++counted_.dropped;
    return in_log || c.facts_at >= c.durable_at_answer ? about(number, "its facts were not stale") : "";
  case errc::key_reused: return in_log || c.keys.empty() ? about(number, "its key was not used") : "";
  default: break;
  }
  ++counted_.refused;
  if (in_log) return about(number, "was refused, and is in the log");
  return was_right(c, {why.code, {}}, is) ? "" : about(number, "was wrongly refused: " + why.context);
}

std::string schedule::check_success(std::uint64_t number, const state_of_log& is) const {
  const sent_command& c = *commands_.at(number);
  const actors::outcome& said = c.answer->value();
  if (said.count() == 0) {
    if (is.events.contains(number)) return about(number, "said to change nothing, and did");
    return was_right(c, {}, is) ? "" : about(number, "should have changed something");
  }
  ++(said.replayed ? counted_.replayed : counted_.acked);
  const storage::record& first = said[0].view;
  const auto stored = on_.server->log().read(first.at);
  if (!stored) return about(number, "acknowledged and lost: " + stored.error().context);
  if (stored.value().stored != said[0].stored) return about(number, "acknowledged, and another record is there");
  const std::uint64_t by = number_of(first);
  if (!said.replayed) return by == number ? "" : about(number, "was answered with the events of another");
  const auto original = commands_.find(by);
  if (original == commands_.end() || original->second->keys != c.keys) return about(number, "replays another command");
  return is.first.at(by) == first.at ? "" : about(number, "replays half a command");
}

/// Of the commands with one key at most one is in the log.
std::string schedule::check_keys(const state_of_log& is) const {
  std::map<short_digest, std::uint64_t> done;
  for (const auto& [number, command] : commands_) {
    if (command->keys.empty() || !is.events.contains(number)) continue;
    const auto [first, fresh] = done.emplace(command->keys[0].scope, number);
    if (!fresh) return about(number, "repeats command " + std::to_string(first->second) + ", which is in the log");
  }
  return {};
}

std::string schedule::check_views(const room_model& last) const {
  if (const auto done = on_.server->project(); !done) return done.error().context;
  const projections::roster_queries roster(on_.server->views());
  projections::profiles authors(on_.server->views());
  const projections::report_queries reports(on_.server->views());
  const projections::timeline_queries timeline(on_.server->views(), authors);
  room_model shown;
  const auto row = roster.room(room_);
  if (!row || !row.value()) return "the views do not know the room";
  shown.version = row.value()->last_seq;
  shown.settings = row.value()->settings;
  shown.share_code = row.value()->share_code;
  shown.archived = row.value()->archived;
  const auto members = roster.members(room_, std::nullopt, 100);
  for (const auto& member : members.value().items) {
    shown.members[member.user] = member.as.as;
    if (member.as.standing().is_muted(on_.time.now()) != last.muted_until.contains(member.user))
      return "the views let a member speak, or not, against the log";
  }
  using projections::sanction_kind;
  for (const auto& [kind, held] :
       {std::pair{sanction_kind::ban, &shown.banned_until}, std::pair{sanction_kind::mute, &shown.muted_until}}) {
    const auto page = roster.sanctions(room_, kind, std::nullopt, 100, on_.time.now());
    for (const auto& item : page.value().items) held->emplace(item.user, item.is.until);
  }
  const auto pins = timeline.pins(room_);
  for (const projections::pin& each : pins.value()) shown.pins.push_back(each.message);
  for (const auto& [id, message] : last.messages) {
    const auto fact = timeline.fact(room_, id);
    if (!fact || !fact.value()) return "the views do not know a message";
    room_model::message& m = shown.messages[id] = {
        fact.value()->seq, fact.value()->author, fact.value()->deleted, fact.value()->edits, {}, {}};
    const auto reported = reports.of_message(room_, m.seq);
    for (const auto& each : reported.value()) m.reporters.insert(each.by);
    for (const auto& [emoji, user] : message.reactions)
      if (timeline.reacted(room_, user, m.seq, emoji).value()) m.reactions.emplace(emoji, user);
    if (m.deleted) m.edits = message.edits, m.reactions = message.reactions; // of what is gone nothing is shown
  }
  return shown == last ? "" : "the views are not what the log says";
}

} // namespace palabre::trust
