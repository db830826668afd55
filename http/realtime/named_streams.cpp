#include "http/realtime/named_streams.hpp"

#include "base/assert.hpp"
#include "base/json_writer.hpp"
#include "http/realtime/hubs.hpp"
#include "http/realtime/wire.hpp"

#include <algorithm>
#include <limits>
#include <mutex>
#include <optional>
#include <set>
#include <unordered_map>

namespace palabre::http::realtime {

namespace {

constexpr std::string_view behind_publication = "}}"; // of its push
constexpr std::size_t expired_per_use_max = 2;        // streams looked at: nobody waits for a cleaning
constexpr std::size_t spared_max = 16;                // streams with listeners that are passed over for another
constexpr std::size_t bytes_around = 256;             // of a kept publication: what holds it

/// The frame of a push. `offset` 0: it has none. Answers the size of the publication in it.
std::size_t append_frame(std::string& out, std::string_view channel, const named_publication& what,
                         stream_version offset) {
  const std::size_t start = begin_message(out, wire::websocket);
  out += R"({"push":{"channel":)";
  append_json_string(out, channel);
  out += R"(,"pub":)";
  const std::size_t begin = out.size();
  out += R"({"data":)";
  out += what.data;
  if (offset != 0) {
    out += R"(,"offset":)";
    append_json_uint(out, offset);
  }
  if (!what.info.empty()) out.append(R"(,"info":)").append(what.info);
  if (!what.tags.empty()) out.append(R"(,"tags":)").append(what.tags);
  out += '}';
  const std::size_t size = out.size() - begin;
  out += behind_publication;
  end_message(out, start, wire::websocket);
  return size;
}

char letter_of(std::uint8_t byte) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEF";
  return letters[byte % letters.size()];
}

std::size_t cost_of(const kept_publication& kept) {
  return kept.frames->bytes.size() + bytes_around;
}

} // namespace

std::string_view kept_publication::json() const {
  const std::string_view all = frames->bytes;
  return all.substr(all.size() - behind_publication.size() - bytes, bytes);
}

std::string_view kept_publication::push() const {
  std::string_view all = frames->bytes;
  return take_message(all);
}

struct named_streams::stream {
  explicit stream(const channel_id& of) : channel(of) {}

  const channel_id channel;
  std::string epoch;
  stream_version top = 0;
  std::chrono::milliseconds ttl{0};
  timestamp used;
  std::optional<timestamp> due; ///< when to see whether something of it has to go; it stands in the shard's `due` then
  std::vector<kept_publication> kept;
  std::size_t gone = 0;   ///< of `kept`, from the front
  bool in_full = false;   ///< the list it is in
  list::iterator place{}; ///< there

  std::size_t size() const { return kept.size() - gone; }
};

struct named_streams::shard {
  std::mutex mutex;
  // by mutex:
  list bare, full; ///< without and with history; the least recently used first
  std::unordered_map<channel_id, stream*> known;
  std::set<std::pair<timestamp, stream*>> due;
  // any thread reads:
  std::atomic<std::size_t> bytes{0}, count{0};
};

named_streams::named_streams(const hubs& to, const clock& time, randomness& random, bounds most)
    : to_(to), time_(time), random_(random), most_(most), shards_(std::make_unique<std::array<shard, shards>>()) {}

named_streams::~named_streams() = default;

named_streams::shard& named_streams::shard_of(const channel_id& channel) const {
  return (*shards_)[std::hash<channel_id>{}(channel) >> 60];
}

// ---- Publishing

stream_position named_streams::publish(std::string_view channel, const named_publication& what, std::size_t size,
                                       std::chrono::milliseconds ttl) {
  PALABRE_ASSERT(size > 0);
  const channel_id id = channel_named(channel);
  shard& in = shard_of(id);
  auto frames = std::make_shared<channel_frames>();
  stream_position made;
  {
    const std::lock_guard lock(in.mutex);
    const timestamp now = time_.now();
    stream& s = find(in, id, now);
    made = {++s.top, s.epoch};
    frames->channel = id;
    frames->first = frames->last = s.top;
    const std::size_t bytes = append_frame(frames->bytes, channel, what, s.top);
    frames->marks.push_back({s.top, static_cast<std::uint32_t>(frames->bytes.size())});
    s.kept.push_back({s.top, now, frames, static_cast<std::uint32_t>(bytes)});
    in.bytes += cost_of(s.kept.back());
    history_bytes_ += cost_of(s.kept.back());
    s.ttl = ttl;
    while (s.size() > size) pop_front(in, s);
    settle(in, s, now);
    let_go_of_expired(in, now);
    to_.hand_over(std::move(frames));
  }
  make_room();
  return made;
}

void named_streams::publish_ephemeral(std::string_view channel, const named_publication& what) const {
  const channel_id id = channel_named(channel);
  if (!to_.hear(id)) return;
  auto frames = std::make_shared<channel_frames>();
  frames->channel = id;
  frames->what = channel_frames::kind::ephemera;
  append_frame(frames->bytes, channel, what, 0);
  to_.hand_over(std::move(frames));
}

// ---- Looking

stream_look named_streams::look(const channel_id& channel, const wanted_stretch& wanted) {
  shard& in = shard_of(channel);
  stream_look found;
  {
    const std::lock_guard lock(in.mutex);
    const timestamp now = time_.now();
    stream& s = find(in, channel, now);
    settle(in, s, now);
    found.top = s.top;
    found.epoch = s.epoch;
    const auto is_before = [](const kept_publication& k, stream_version offset) { return k.offset <= offset; };
    auto begin =
        std::lower_bound(s.kept.begin() + static_cast<std::ptrdiff_t>(s.gone), s.kept.end(), wanted.after, is_before);
    auto end = std::lower_bound(begin, s.kept.end(), wanted.last, is_before);
    const auto count = static_cast<std::ptrdiff_t>(std::min(static_cast<std::size_t>(end - begin), wanted.limit));
    if (wanted.newest_first)
      found.publications.assign(std::make_reverse_iterator(end), std::make_reverse_iterator(end - count));
    else
      found.publications.assign(begin, begin + count);
    let_go_of_expired(in, now);
  }
  make_room();
  return found;
}

// ---- Under the shard's lock

/// The stream, which begins now if there is none; used.
named_streams::stream& named_streams::find(shard& in, const channel_id& channel, timestamp now) {
  stream*& known = in.known[channel];
  if (known == nullptr) {
    known = &in.bare.emplace_back(channel);
    known->place = std::prev(in.bare.end());
    known->epoch = new_epoch();
    ++in.count;
    ++streams_;
  }
  known->used = now;
  list& here = known->in_full ? in.full : in.bare;
  here.splice(here.end(), here, known->place);
  return *known;
}

/// Lets go of what has expired, and puts the stream where it belongs.
void named_streams::settle(shard& in, stream& s, timestamp now) {
  while (s.size() > 0 && s.kept[s.gone].at.ms + s.ttl.count() <= now.ms) pop_front(in, s);
  if (const bool is_full = s.size() > 0; is_full != s.in_full) {
    list &from = s.in_full ? in.full : in.bare, &to = is_full ? in.full : in.bare;
    to.splice(to.end(), from, s.place);
    s.in_full = is_full;
  }
  const timestamp due = s.in_full ? timestamp{s.kept[s.gone].at.ms + s.ttl.count()}
                                  : timestamp{s.used.ms + std::chrono::milliseconds(forgotten_after).count()};
  if (s.due && *s.due <= due) return; // it is looked at early enough
  if (s.due) in.due.erase({*s.due, &s});
  in.due.emplace(due, &s);
  s.due = due;
}

void named_streams::let_go_of_expired(shard& in, timestamp now) {
  for (std::size_t i = 0; i < expired_per_use_max && !in.due.empty() && in.due.begin()->first <= now; ++i) {
    stream& s = *in.due.begin()->second;
    in.due.erase(in.due.begin());
    s.due.reset();
    const bool is_unused = s.used.ms + std::chrono::milliseconds(forgotten_after).count() <= now.ms;
    if (is_unused && to_.hear(s.channel)) s.used = now;
    settle(in, s, now);
    if (is_unused && s.used != now && !s.in_full) forget(in, s);
  }
}

void named_streams::pop_front(shard& in, stream& s) {
  kept_publication& first = s.kept[s.gone];
  in.bytes -= cost_of(first);
  history_bytes_ -= cost_of(first);
  first.frames.reset();
  if (++s.gone * 2 < s.kept.size()) return;
  s.kept.erase(s.kept.begin(), s.kept.begin() + static_cast<std::ptrdiff_t>(s.gone));
  s.gone = 0;
  if (s.kept.empty()) s.kept.shrink_to_fit();
}

/// Its offsets will begin again: who listens is told before anything of that comes.
void named_streams::forget(shard& in, stream& s) {
  while (s.size() > 0) pop_front(in, s);
  auto told = std::make_shared<channel_frames>();
  told->channel = s.channel;
  told->what = channel_frames::kind::lost;
  told->last = std::numeric_limits<stream_version>::max(); // whatever they have
  to_.hand_over(std::move(told));
  if (s.due) in.due.erase({*s.due, &s});
  in.known.erase(s.channel);
  --in.count;
  --streams_;
  (s.in_full ? in.full : in.bare).erase(s.place);
}

// ---- Bounds of all together

void named_streams::make_room() {
  const auto most_of = [this](auto shard::*member) -> shard& {
    return *std::max_element(shards_->begin(), shards_->end(), [member](const shard& a, const shard& b) {
      return (a.*member).load(std::memory_order_relaxed) < (b.*member).load(std::memory_order_relaxed);
    });
  };
  while (streams() > most_.streams) {
    shard& in = most_of(&shard::count);
    const std::lock_guard lock(in.mutex);
    if (streams() > most_.streams && in.count > 0) forget(in, least_needed(in));
  }
  while (history_bytes() > most_.history_bytes) {
    shard& in = most_of(&shard::bytes);
    const std::lock_guard lock(in.mutex);
    shrink_history(in);
  }
}

/// Rather one that nobody listens to, rather one without history, rather one not used for long.
named_streams::stream& named_streams::least_needed(shard& in) {
  for (list* from : {&in.bare, &in.full}) {
    for (std::size_t spared = 0; spared < spared_max && spared < from->size(); ++spared) {
      if (!to_.hear(from->front().channel)) return from->front();
      from->splice(from->end(), *from, from->begin());
    }
  }
  return in.bare.empty() ? in.full.front() : in.bare.front();
}

void named_streams::shrink_history(shard& in) {
  if (in.full.empty()) return;
  stream& s = in.full.front();
  while (s.size() > 0 && history_bytes() > most_.history_bytes) pop_front(in, s);
  settle(in, s, time_.now());
}

std::string named_streams::new_epoch() const {
  std::array<std::uint8_t, 8> bytes;
  random_.fill(bytes.data(), bytes.size());
  std::string epoch;
  for (const std::uint8_t byte : bytes) epoch += letter_of(byte);
  return epoch;
}

} // namespace palabre::http::realtime
