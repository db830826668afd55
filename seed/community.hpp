#pragma once
#include "seed/chance.hpp"
#include "seed/conversation.hpp"
#include "seed/plan.hpp"

#include <deque>
#include <optional>
#include <vector>

namespace palabre::seed {

/// People, rooms, and everything that happens in them, in order: the same for the same size. Nothing is kept of what
/// has happened, so that millions of messages take no memory. Threads: one.
class community {
public:
  /// Requires: the bounds of community_size.
  explicit community(const community_size& size);
  community(const community&) = delete; // conversations refer to rooms and people

  const community_size& size() const { return size_; }
  const std::vector<person_plan>& people() const { return people_; }
  const std::vector<room_plan>& rooms() const { return rooms_; }

  /// What happens next; nullopt when as many messages were posted as there were to be.
  std::optional<step> next();
  /// How far someone has read a room when all is said, in messages from its end.
  std::size_t unread(std::size_t room, std::size_t who) const;

private:
  std::size_t choose_room();
  std::optional<step> next_of_the_last();

  const community_size size_;
  const std::vector<person_plan> people_;
  const std::vector<room_plan> rooms_;
  chance random_;
  std::deque<conversation> conversations_;
  std::vector<std::size_t> busy_;   ///< how busy the rooms are, summed up
  std::vector<std::size_t> posted_; ///< of each room
  std::size_t messages_ = 0, turn_ = 0, ending_ = 0, looked_at_ = 0;
};

} // namespace palabre::seed
