#pragma once
#include "bench/measuring/result.hpp"

#include <cstdint>
#include <set>
#include <unordered_map>
#include <vector>

namespace palabre::bench {

/// Who has got what: each subscriber must get every accepted message of each sender of its room once, and in the order
/// in which that sender sent them. Senders number their messages 1, 2, 3, … A subscriber expects everything from 1 on:
/// all are subscribed before the first message is sent.
///
/// A message that is skipped counts as lost; if it comes later, as reordered instead. What is not there at the end is
/// lost as well.
///
/// Cost: one number for each pair of subscriber and sender of a room. Threads: one.
class delivery_ledger {
public:
  /// `subscribers` and `senders` of each room, counted from 0 within it.
  struct room {
    std::size_t subscribers = 0, senders = 0;
  };
  explicit delivery_ledger(const std::vector<room>& rooms);

  /// A sender learned that this message was accepted: from now on every subscriber of the room is owed it.
  void accepted(std::size_t room, std::size_t sender, std::uint32_t number);
  /// A sender learned that this message was refused: nobody is owed it.
  void refused(std::size_t room, std::size_t sender, std::uint32_t number);
  /// A subscriber received message `number` of a sender of its room.
  void delivered(std::size_t room, std::size_t subscriber, std::size_t sender, std::uint32_t number) {
    std::uint32_t& last = last_[first_[room] + subscriber * rooms_[room].senders + sender];
    ++counts_.delivered;
    if (number == last + 1)
      last = number;
    else
      out_of_turn(last, number, key_of(room, subscriber, sender));
  }

  /// Whether nothing accepted is still on its way. Cheap: counts only.
  bool settled() const { return counts_.delivered - counts_.duplicated >= counts_.expected; }
  std::uint64_t deliveries() const { return counts_.delivered; }
  /// Ends the account: what is owed now is lost.
  integrity close();

private:
  using pair_key = std::uint64_t; ///< index into last_
  pair_key key_of(std::size_t room, std::size_t subscriber, std::size_t sender) const {
    return first_[room] + subscriber * rooms_[room].senders + sender;
  }
  void out_of_turn(std::uint32_t& last, std::uint32_t number, pair_key key);
  std::uint64_t lost_between(std::size_t room, std::size_t sender, pair_key key) const;

  std::vector<room> rooms_;
  std::vector<std::size_t> first_;                   ///< of a room's pairs within last_
  std::vector<std::uint32_t> last_;                  ///< the greatest number that came, for each pair
  std::vector<std::vector<std::uint32_t>> accepted_; ///< the greatest accepted number, by room and sender
  std::vector<std::vector<std::set<std::uint32_t>>> refused_;
  std::unordered_map<pair_key, std::vector<std::uint32_t>> missing_; ///< skipped so far
  integrity counts_;
};

} // namespace palabre::bench
