#include "bench/measuring/delivery_ledger.hpp"

#include <algorithm>

namespace palabre::bench {

delivery_ledger::delivery_ledger(const std::vector<room>& rooms) : rooms_(rooms) {
  std::size_t pairs = 0;
  for (const auto& r : rooms) {
    first_.push_back(pairs);
    pairs += r.subscribers * r.senders;
    accepted_.emplace_back(r.senders, 0);
    refused_.emplace_back(r.senders);
  }
  last_.assign(pairs, 0);
}

void delivery_ledger::accepted(std::size_t room, std::size_t sender, std::uint32_t number) {
  auto& greatest = accepted_[room][sender];
  greatest = std::max(greatest, number);
  counts_.expected += rooms_[room].subscribers;
}

void delivery_ledger::refused(std::size_t room, std::size_t sender, std::uint32_t number) {
  refused_[room][sender].insert(number);
}

void delivery_ledger::out_of_turn(std::uint32_t& last, std::uint32_t number, pair_key key) {
  if (number > last) {
    auto& missing = missing_[key];
    for (std::uint32_t skipped = last + 1; skipped < number; ++skipped) missing.push_back(skipped);
    last = number;
    return;
  }
  const auto found = missing_.find(key);
  if (found == missing_.end() || std::erase(found->second, number) == 0) {
    ++counts_.duplicated;
    return;
  }
  ++counts_.reordered;
  if (found->second.empty()) missing_.erase(found);
}

integrity delivery_ledger::close() {
  integrity done = counts_;
  for (std::size_t r = 0; r < rooms_.size(); ++r)
    for (std::size_t subscriber = 0; subscriber < rooms_[r].subscribers; ++subscriber)
      for (std::size_t sender = 0; sender < rooms_[r].senders; ++sender)
        done.lost += lost_between(r, sender, key_of(r, subscriber, sender));
  return done;
}

/// What this subscriber was owed by this sender and has not got.
std::uint64_t delivery_ledger::lost_between(std::size_t room, std::size_t sender, pair_key key) const {
  const auto& refused = refused_[room][sender];
  const std::uint32_t last = last_[key], greatest = accepted_[room][sender];
  std::uint64_t lost = greatest > last ? greatest - last : 0;
  lost -= static_cast<std::uint64_t>(
      std::ranges::count_if(refused, [&](std::uint32_t number) { return number > last && number < greatest; }));
  const auto skipped = missing_.find(key);
  if (skipped != missing_.end())
    lost += static_cast<std::uint64_t>(
        std::ranges::count_if(skipped->second, [&](std::uint32_t number) { return !refused.contains(number); }));
  return lost;
}

} // namespace palabre::bench
