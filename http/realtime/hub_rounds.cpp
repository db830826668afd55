// The rounds of a hub: what was handed over goes to the connections' lists, and from there to their sockets.
#include "http/realtime/connection.hpp"
#include "http/realtime/hub.hpp"
#include "http/realtime/hub_rests.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace palabre::http::realtime {

namespace {

/// A connection that was lent this much is flushed before it is lent more, so that who keeps up is never taken for
/// slow.
constexpr std::uint32_t lent_bytes_max = 256 * 1024;
constexpr std::size_t lent_pieces_max = 50'000; // about a millisecond's work
/// Connections flushed in one turn, about a quarter of a millisecond: commands do not wait behind a large room.
constexpr std::size_t flushed_per_turn_max = 64;
/// A turn lasts as long as what came between it and the last one, so that a flood of commands does not starve those who
/// listen; within this, so that a large room does not starve commands.
constexpr std::chrono::milliseconds turn_max{5};

/// Up to where it was handed events; `muted` stays that.
stream_version handed_over(const channel_subscribers::entry& e) {
  return e.last == channel_subscribers::particular ? e.mine->last : e.last;
}

/// Whether something lies between what a subscriber was handed and these, or these were dropped.
bool misses_some(const channel_frames& frames, stream_version last) {
  return frames.what == channel_frames::kind::lost || last + 1 < frames.first;
}

/// Those of the frames that a subscriber may see.
const channel_frames_ptr& seen_by(const subscription& s, const channel_frames_ptr& frames) {
  return frames->for_moderators && s.moderates ? frames->for_moderators : frames;
}

} // namespace

/// False: there is nothing to deliver, and no round until something is handed over.
bool hub::begin_round() {
  const std::lock_guard lock(inbox_mutex_);
  round_.swap(inbox_);
  inbox_bytes_ = 0;
  return in_round_ = !round_.empty();
}

void hub::go_on_with_round() {
  const time_point began = std::chrono::steady_clock::now();
  if (turned_ == time_point{}) turned_ = began;
  const auto others = std::min<time_point::duration>(began - turned_, turn_max);
  bool over = false;
  do {
    over = take_a_turn();
    turned_ = std::chrono::steady_clock::now();
  } while (!over && turned_ - began < others);
  round_cost_ += turned_ - began;
  if (over)
    end_round();
  else
    boost::asio::post(io_, [this] { go_on_with_round(); });
}

/// True: the round is over.
bool hub::take_a_turn() {
  while (flush_some())
    if (!lend_some()) return true;
  return false;
}

/// False: everything was lent already.
bool hub::lend_some() {
  if (delivered_ == round_.size()) return false;
  lent_.clear();
  lent_to_.clear();
  most_lent_ = 0;
  flushed_ = 0;
  while (delivered_ < round_.size() && most_lent_ < lent_bytes_max && lent_.size() < lent_pieces_max)
    deliver(*round_[delivered_++]);
  return true;
}

/// False: some have yet to be flushed, but not in this turn.
bool hub::flush_some() {
  const std::size_t until = std::min(lent_to_.size(), flushed_ + flushed_per_turn_max);
  while (flushed_ < until) {
    connection* c = lent_to_[flushed_++];
    if (c == nullptr) continue;
    c->place.in_round = false;
    c->flush(take_lent(*c));
  }
  return flushed_ == lent_to_.size();
}

hub::time_point::duration hub::first_rest(time_point::duration round_cost) {
  const std::lock_guard lock(inbox_mutex_);
  return hub_rests::after(round_cost, round_.size(), !inbox_.empty());
}

hub::time_point::duration hub::longer_rest(time_point now) {
  const double demand = demand_.look(now).wanted;
  const std::lock_guard lock(inbox_mutex_);
  if (inbox_.empty() || inbox_bytes_ > limits::hub_inbox_bytes_max / 2) return {};
  return hub_rests::longer(demand, first_rest_, now - rests_since_, now - came_);
}

void hub::end_round() {
  first_rest_ = first_rest(std::exchange(round_cost_, {}));
  round_.clear();
  reframed_.clear();
  tagged_.reset();
  lent_.clear();
  lent_to_.clear();
  delivered_ = flushed_ = 0;
  turned_ = {};
  if (first_rest_ == time_point::duration{}) {
    if (begin_round()) boost::asio::post(io_, [this] { go_on_with_round(); });
    return;
  }
  rests_since_ = std::chrono::steady_clock::now();
  rest(rests_since_ + first_rest_);
}

void hub::rest(time_point until) {
  rest_.expires_at(until);
  rest_.async_wait([this](boost::system::error_code failed) {
    if (failed) return;
    const time_point now = std::chrono::steady_clock::now();
    const auto longer = longer_rest(now);
    if (longer > time_point::duration{}) return rest(now + longer);
    if (begin_round()) go_on_with_round();
  });
}

void hub::deliver(const delivery& what) {
  end_sessions(what);
  for (const channel_frames_ptr& frames : what.channels) {
    for (const auto& change : frames->role_changes) change_role(*frames, change);
    for (const auto& farewell : frames->farewells) say_farewell(frames, farewell);
    channel_subscribers* to = listeners(frames->channel); // a farewell to the last subscriber ends it
    if (to == nullptr) continue;
    switch (frames->what) {
    case channel_frames::kind::events: hand_out(frames, *to); break;
    case channel_frames::kind::lost: tell_lost(*frames, *to); break;
    case channel_frames::kind::ephemera:
    case channel_frames::kind::joins: hand_out_ephemera(frames, *to); break;
    }
  }
}

void hub::hand_out(const channel_frames_ptr& frames, channel_subscribers& to) {
  std::vector<subscription*> behind;
  for (channel_subscribers::entry& each : to.entries) {
    if (each.last + 1 == frames->first) [[likely]] {
      const channel_frames_ptr& seen = seen_by(*each.mine, frames);
      lend(*each.who, seen, seen->bytes, seen->marks.size());
    } else if (each.last == channel_subscribers::particular) {
      if (!hand_out_particular(frames, each)) behind.push_back(each.mine);
      continue;
    } else if (each.last >= frames->last) { // recovered already, or muted
      continue;
    } else if (each.last + 1 > frames->first) {
      lend_between(frames, each.last, frames->last, each);
    } else {
      behind.push_back(each.mine);
      continue;
    }
    each.last = frames->last;
  }
  for (subscription* each : behind) each->in->entries[each->index].who->fall_behind(*each);
}

/// False: something is missing between what it has and these.
bool hub::hand_out_particular(const channel_frames_ptr& frames, channel_subscribers::entry& to) {
  subscription& mine = *to.mine;
  if (mine.last >= frames->last) return true;
  if (mine.last + 1 < frames->first) return false;
  const stream_version from = std::exchange(mine.last, frames->last);
  lend_between(frames, from, frames->last, to);
  return true;
}

/// What the subscriber may see and wants of the frames with after < offset ≤ last, on its wire.
void hub::lend_between(const channel_frames_ptr& all, stream_version after, stream_version last,
                       const channel_subscribers::entry& to) {
  const channel_frames_ptr& frames = seen_by(*to.mine, all);
  if (to.mine->terms && to.mine->terms->filter) return lend_wanted(frames, after, last, to);
  const channel_frames_ptr& framed = framed_for(frames, to.who->place.framing);
  lend(*to.who, framed, framed->between(after, last), frames->publications_between(after, last));
}

/// Read once for all who filter and see the same, if they come one behind the other.
const std::vector<tag_map>& hub::tags_in(const channel_frames_ptr& frames) {
  if (tagged_ == frames) return tags_;
  tagged_ = frames;
  tags_.clear();
  for (std::string_view rest = frames->bytes; !rest.empty();) tags_.push_back(tags_of(take_message(rest)));
  return tags_;
}

/// Frame by frame, those that the subscription's filter admits.
void hub::lend_wanted(const channel_frames_ptr& frames, stream_version after, stream_version last,
                      const channel_subscribers::entry& to) {
  const channel_frames_ptr& framed = framed_for(frames, to.who->place.framing);
  const std::vector<tag_map>& tags = tags_in(frames);
  stream_version before = frames->first - 1;
  for (std::size_t i = 0; i < frames->marks.size(); ++i) {
    const stream_version offset = frames->marks[i].offset;
    if (offset > last) return;
    if (offset > after && to.mine->terms->filter->admits(tags[i]))
      lend(*to.who, framed, framed->between(before, offset), 1);
    before = offset;
  }
}

void hub::tell_lost(const channel_frames& frames, channel_subscribers& to) {
  std::vector<subscription*> behind;
  for (const channel_subscribers::entry& each : to.entries)
    if (handed_over(each) < frames.last) behind.push_back(each.mine); // the muted read the log once they are let in
  for (subscription* each : behind) each->in->entries[each->index].who->fall_behind(*each);
}

void hub::hand_out_ephemera(const channel_frames_ptr& frames, channel_subscribers& to) {
  const bool joins = frames->what == channel_frames::kind::joins;
  if (joins && to.entries.size() > edge_.settings.presence_individuals_max) return;
  for (const channel_subscribers::entry& each : to.entries) {
    if (each.last == channel_subscribers::muted) continue;
    if (joins && !each.mine->wants_joins) continue;
    const auto* filter = each.mine->terms && each.mine->terms->filter ? &*each.mine->terms->filter : nullptr;
    if (!joins && filter != nullptr && !filter->admits(tags_in(frames).front())) continue;

    const channel_frames_ptr& framed = framed_for(frames, each.who->place.framing);
    lend(*each.who, framed, framed->bytes, 1);
  }
}

/// Made once in a round for all subscribers on that wire. What was made of a batch's frames are the latest: for each
/// wire one for members, and one for moderators.
const channel_frames_ptr& hub::framed_for(const channel_frames_ptr& frames, wire framing) {
  if (frames->framing == framing) return frames;
  std::size_t left = 2 * hub_tallies::wires;
  for (auto done = reframed_.rbegin(); done != reframed_.rend() && left-- > 0; ++done)
    if (done->from == frames.get() && done->made->framing == framing) return done->made;
  return reframed_.emplace_back(frames.get(), reframed(*frames, framing, edge_.log.epoch())).made;
}

void hub::end_sessions(const delivery& what) {
  for (const ended_session& each : what.ended_sessions) {
    const channel_subscribers* own = listeners(channel_of(each.user));
    if (own == nullptr) continue;
    for (const auto& entry : own->entries)
      if (entry.who->who().session == each.session) entry.who->disconnect(disconnections::invalid_token);
  }
}

/// Also of the muted: what they are handed is decided by what they are then.
void hub::change_role(const channel_frames& frames, const channel_frames::role_change& to) {
  for (subscription* each : subscriptions_of(to.who, frames.channel)) each->note_role(to.as, to.offset);
}

void hub::say_farewell(const channel_frames_ptr& frames, const channel_frames::farewell& to) {
  std::vector<subscription*> leaving;
  if (!to.who) {
    const channel_subscribers* all = listeners(frames->channel);
    if (all == nullptr) return; // an earlier farewell of the batch was to the last subscriber
    for (const auto& each : all->entries)
      if (handed_over(each) < to.offset) leaving.push_back(each.mine); // who came after it knows, and the muted will
  } else {
    leaving = subscriptions_of(*to.who, frames->channel);
  }
  for (subscription* each : leaving) say_farewell(frames, to.offset, *each);
}

void hub::say_farewell(const channel_frames_ptr& frames, stream_version offset, subscription& s) {
  channel_subscribers::entry& at = s.in->entries[s.index];
  if (at.last == channel_subscribers::muted) {
    s.left_at = offset;
    return;
  }
  if (offset <= s.member_at) return; // has come back since
  const stream_version last = handed_over(at);
  if (last < offset && misses_some(*frames, last)) return at.who->fall_behind(s); // it recovers, or is refused
  if (last < offset) lend_between(frames, last, offset, at);
  at.who->unsubscribe(s, unsubscriptions::by_server);
}

void hub::lend(connection& c, const channel_frames_ptr& owner, std::string_view bytes, std::size_t publications) {
  if (bytes.empty()) return;
  tallies_.delivered.add(publications);
  const auto index = static_cast<std::uint32_t>(lent_.size());
  lent_.push_back({{&owner, bytes}, place_in_hub::nothing});
  place_in_hub& place = c.place;
  if (place.first_lent == place_in_hub::nothing)
    place.first_lent = index;
  else
    lent_[place.last_lent].next = index;
  place.last_lent = index;
  place.lent_bytes += static_cast<std::uint32_t>(bytes.size());
  most_lent_ = std::max(most_lent_, place.lent_bytes);
  if (!std::exchange(place.in_round, true)) lent_to_.push_back(&c);
}

// ---- Flushing

void hub::flush_soon(connection& c) {
  if (std::exchange(c.place.has_own, true)) return;
  have_own_.push_back(&c);
  if (std::exchange(own_posted_, true)) return;
  boost::asio::post(io_, [this] { flush_own(); });
}

void hub::flush_own() {
  own_posted_ = false;
  for (std::size_t i = 0; i < have_own_.size(); ++i) { // flushing may append
    connection* c = have_own_[i];
    if (c == nullptr) continue;
    c->place.has_own = false;
    c->flush(take_lent(*c));
  }
  have_own_.clear();
}

std::span<const lent_frames> hub::take_lent(connection& c) {
  gathered_.clear();
  for (std::uint32_t i = c.place.first_lent; i != place_in_hub::nothing; i = lent_[i].next)
    gathered_.push_back(lent_[i].frames);
  c.place.first_lent = c.place.last_lent = place_in_hub::nothing;
  c.place.lent_bytes = 0;
  return gathered_;
}

void hub::keep_lent(connection& c) {
  if (c.place.first_lent == place_in_hub::nothing) return;
  c.keep(take_lent(c));
}

} // namespace palabre::http::realtime
