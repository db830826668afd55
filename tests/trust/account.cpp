#include "account.hpp"

#include "base/bytes.hpp"
#include "events/room.hpp"
#include "events/streams.hpp"

#include <map>

namespace palabre::trust {
namespace {

constexpr std::uint64_t rooms = 4;

room_id room_number(std::uint64_t n) {
  room_id id;
  id.bytes[0] = 2;
  id.bytes[15] = static_cast<std::uint8_t>(n);
  return id;
}

user_id person(std::uint64_t n) {
  user_id id;
  id.bytes[0] = 1;
  id.bytes[15] = static_cast<std::uint8_t>(n);
  return id;
}

storage::idempotency key_of_append(std::uint64_t number) {
  storage::idempotency key;
  std::string bytes;
  put_int(bytes, number);
  std::copy(bytes.begin(), bytes.end(), key.scope.begin());
  key.request = key.scope;
  key.status = 201;
  return key;
}

std::string encoded(const stream_id& in, const events::encoded_event& event, std::vector<storage::idempotency> keys) {
  storage::record r;
  r.stream = in;
  r.time.ms = 1'700'000'000'000;
  r.actor = person(1);
  r.schema = event.schema;
  r.type = event.type;
  r.correlation = "trust";
  r.keys = std::move(keys);
  r.payload = event.payload;
  return storage::encode(r);
}

std::string at(position where, const std::string& what) {
  return "position " + std::to_string(where.value) + ": " + what;
}

} // namespace

bool account::submit(storage::journal& to, std::function<bool()> counts) {
  const std::uint64_t number = ++appends_;
  const std::size_t before = records_.size();
  storage::append made;
  std::vector<storage::idempotency> keys{key_of_append(number)};
  const std::uint64_t streams = 1 + dice_() % 2;
  std::vector<std::pair<stream_id, std::vector<events::encoded_event>>> parts;
  for (std::uint64_t s = 0; s < streams; ++s) {
    const room_id room = room_number(1 + (number + s) % rooms);
    const stream_id stream = events::stream_of(room);
    auto& [to_stream, made_events] = parts.emplace_back(stream, std::vector<events::encoded_event>{});
    const bool exists =
        std::any_of(records_.begin(), records_.end(), [&](const auto& r) { return r.stream == stream; });
    if (!exists) {
      made_events.push_back(events::encode_one(events::room_created{}));
      made_events.push_back(events::encode_one(
          events::member_joined{person(1), events::role::owner, events::join_way::created, {"Ada"}}));
    }
    for (std::uint64_t i = dice_() % 3; i < 3; ++i) {
      events::message_posted posted;
      posted.message = message_id{uuid{}};
      std::string bytes;
      put_int(bytes, number * 64 + s * 8 + i);
      std::copy(bytes.begin(), bytes.end(), posted.message.bytes.begin());
      posted.body.value = std::string(dice_() % 120, 'x') + std::to_string(number);
      posted.author_name.value = "Ada";
      made_events.push_back(events::encode_one(posted));
    }
    for (const auto& event : made_events) records_.push_back({stream, event.payload, number, false});
  }
  records_.back().last_of_append = true;
  keys[0].records = static_cast<std::uint16_t>(records_.size() - before);
  made.keys = keys;
  for (const auto& [stream, made_events] : parts) {
    storage::stream_append part{stream, storage::expectation::any(), {}};
    for (const auto& event : made_events) part.records.push_back(encoded(stream, event, std::exchange(keys, {})));
    made.streams.push_back(std::move(part));
  }
  made.done = [this, counts = std::move(counts)](result<storage::appended> answer) {
    if (!answer || !counts()) return;
    ++answered_;
    acked_ = answer.value().last().value;
  };
  if (to.submit(std::move(made))) return true;
  records_.resize(before);
  lost_.push_back(number);
  return false;
}

std::string account::check_record(const storage::event_log& log, const storage::committed_record& r,
                                  storage::stream_head& head) const {
  const storage::record& is = r.view;
  if (is.at.value > records_.size()) return at(is.at, "was never submitted");
  const written& expected = records_[is.at.value - 1];
  if (is.stream != expected.stream || is.payload != expected.payload) return at(is.at, "is not what was submitted");
  if (is.version != head.version + 1 || is.previous != head.hash) return at(is.at, "does not continue its stream");
  const auto indexed = log.find_version(is.stream, is.version);
  if (!indexed) return at(is.at, indexed.error().context);
  if (indexed.value() != is.at) return at(is.at, "the index leads elsewhere");
  head = {is.version, is.at, r.hash};
  return {};
}

std::string account::check_commands(const storage::event_log& log) const {
  std::uint64_t first = 1;
  for (std::uint64_t p = 1; p <= log.head().value; ++p) {
    const written& r = records_[p - 1];
    if (!r.last_of_append) continue;
    const auto done = log.find_command(key_of_append(r.append).scope);
    if (!done) return done.error().context;
    if (!done.value() || done.value()->first.value != first || done.value()->count != p - first + 1)
      return at({first}, "its idempotency key does not lead there");
    first = p + 1;
  }
  if (first != log.head().value + 1) return at({first}, "half an append");
  for (const std::uint64_t gone : lost_) {
    const auto done = log.find_command(key_of_append(gone).scope);
    if (!done || done.value()) return "an idempotency key of an append that is not there";
  }
  return {};
}

std::string account::check(const storage::event_log& log) const {
  const std::uint64_t head = log.head().value;
  if (head < acked_)
    return "acknowledged up to " + std::to_string(acked_) + ", the log ends at " + std::to_string(head);
  if (head > records_.size()) return "the log holds more than was submitted";
  std::map<stream_id, storage::stream_head> heads;
  std::string wrong;
  std::uint64_t seen = 0;
  const auto scanned = log.scan({}, log.head(), [&](const storage::committed_record& r) {
    ++seen;
    wrong = check_record(log, r, heads[r.view.stream]);
    return wrong.empty();
  });
  if (!scanned) return scanned.error().context;
  if (!wrong.empty()) return wrong;
  if (seen != head) return "the scan ends early";
  for (const auto& [stream, expected] : heads) {
    const auto stored = log.head_of(stream);
    if (!stored) return stored.error().context;
    if (!(stored.value() == expected)) return "a stream's head is another";
  }
  return check_commands(log);
}

void account::accept(const storage::event_log& log) {
  for (std::uint64_t p = log.head().value; p < records_.size(); ++p)
    if (records_[p].last_of_append) lost_.push_back(records_[p].append);
  records_.resize(log.head().value);
  acked_ = log.head().value;
}

} // namespace palabre::trust
