#pragma once
#include "storage/event_log.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace palabre::app {

struct person_named {
  user_id id;
  std::string name; ///< empty: none is known, as of the system
};

/// What people were called at any time, from the events of their accounts. Reads each account once, when it is first
/// asked for. Memory: the names of those. Threads: one.
class people_names {
public:
  explicit people_names(const storage::event_log& log) : log_(log) {}

  /// As this person was called when the record at `at` was written. Errors: corrupt, from_the_future, io.
  result<person_named> find(user_id who, position at);

private:
  struct name {
    position since;
    std::string text;
  };
  result<std::vector<name>> read(user_id who) const;

  const storage::event_log& log_;
  std::unordered_map<user_id, std::vector<name>> known_;
};

} // namespace palabre::app
