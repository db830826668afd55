#pragma once
// People who talk in a public room, in a random order that a seed repeats, and someone who writes down how it looked.

#include "person.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace palabre::testing {

/// What the API answered, minified.
struct room_as_seen {
  std::string room; ///< to someone who is not in it: `share_code` is null
  std::string members;
  std::string messages; ///< to the owner, who never reacts: `me` is false
  std::string pins;     ///< likewise
};

class conversation {
public:
  /// Makes the room, and looks.
  conversation(const running_server& server, std::uint64_t seed);

  /// Someone does something: posts, replies, edits, deletes, reacts, pins, joins, leaves, renames the room. Then it
  /// looks.
  void go_on();
  /// Writes down how the room is now.
  void look();

  const std::string& room() const { return room_; }
  person& owner() { return people_.front(); }
  /// By `last_seq`.
  const std::map<std::uint64_t, room_as_seen>& seen() const { return seen_; }

private:
  struct message {
    std::string path, id;
    std::size_t author;
  };
  void post(std::size_t who);
  void change(std::size_t who);
  void remove(std::size_t who);
  void react(std::size_t who);
  void pin();
  void come_or_go(std::size_t who);
  std::string words();

  std::mt19937_64 random_;
  person stranger_;
  std::deque<person> people_; // they stay where they are
  std::string room_;
  std::set<std::size_t> present_;
  std::vector<message> messages_; ///< that are not deleted
  std::map<std::uint64_t, room_as_seen> seen_;
};

} // namespace palabre::testing
