#include "seed/community.hpp"

#include "seed/invented_people.hpp"
#include "seed/invented_rooms.hpp"

#include <algorithm>

namespace palabre::seed {
namespace {

/// What is corrected or reacted to comes at most so many steps behind its message.
constexpr std::size_t steps_behind_max = 64;

} // namespace

community::community(const community_size& size)
    : size_(size), people_(invent_people(size)), rooms_(invent_rooms(size, people_)), random_(size.seed, "turns"),
      posted_(rooms_.size()) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < rooms_.size(); ++i) {
    conversations_.emplace_back(size.seed, i, rooms_[i], people_);
    sum += 2 + 60 / (i + 2); // a few are busy, most are not
    busy_.push_back(sum);
  }
}

/// First one after the other, so that none stays empty.
std::size_t community::choose_room() {
  if (turn_ < rooms_.size()) return turn_++;
  const std::size_t at = random_.below(busy_.back());
  return static_cast<std::size_t>(std::ranges::upper_bound(busy_, at) - busy_.begin());
}

std::optional<step> community::next() {
  if (rooms_.empty() || messages_ == size_.messages) return next_of_the_last();
  const std::size_t room = choose_room();
  step found = conversations_[room].next();
  if (found.what == step::kind::post) {
    ++messages_;
    ++posted_[room];
  }
  return found;
}

/// Nobody posts any more, but what was posted is still corrected, reacted to and taken back.
std::optional<step> community::next_of_the_last() {
  for (; ending_ < rooms_.size(); ++ending_, looked_at_ = 0)
    while (looked_at_++ < steps_behind_max) {
      step found = conversations_[ending_].next();
      if (found.what != step::kind::post && found.message < posted_[ending_]) return found;
    }
  return std::nullopt;
}

std::size_t community::unread(std::size_t room, std::size_t who) const {
  chance random(size_.seed, "read " + std::to_string(room) + ' ' + std::to_string(who));
  return random.percent(60) ? 0 : random.below(10);
}

} // namespace palabre::seed
