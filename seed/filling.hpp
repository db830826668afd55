#pragma once
#include "seed/accounts.hpp"
#include "seed/community.hpp"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace palabre::seed {

/// What a run did; `known`: an earlier one had done it already.
struct filling_tally {
  std::size_t people_new = 0, people_known = 0, rooms_new = 0, rooms_known = 0, messages_new = 0, messages_known = 0;
  std::size_t edits = 0, reactions = 0, removals = 0; ///< in the community, whichever run did them
};

/// A room as it is on the server when all is done.
struct filled_room {
  std::string id, share_code;
  std::uint64_t members = 0, messages = 0; ///< without deleted ones
};

/// Brings a community to a server. What is there already is not done again: rooms and messages are posted under keys
/// that follow from what they are, so that a run that was interrupted is gone on with by running it again.
/// Threads: one.
class filling {
public:
  struct listener {
    virtual void phase(const std::string& name) = 0;
    /// `part`: of the phase, 0..1.
    virtual void progress(double part, const std::string& words) = 0;
    virtual void entered(bool is_new) = 0; ///< someone has an account now

  protected:
    ~listener() = default;
  };

  /// Requires: all outlive this.
  filling(community& whom, accounts& people, listener& tell);

  /// Errors: as accounts. What was done until then stays.
  result<void> run();

  const filling_tally& tally() const { return tally_; }
  /// In the order of the community's. Requires: run() succeeded.
  const std::vector<filled_room>& rooms() const { return rooms_; }

private:
  struct message {
    std::string id;
    std::uint64_t seq = 0;
    bool is_known = false; ///< an earlier run posted it
    bool is_deleted = false;
  };
  /// The last messages of a room, by their numbers.
  struct memory {
    std::deque<message> last;
    std::size_t forgotten = 0;
    message* find(std::size_t number);
    void add(message made);
  };

  result<void> enter_people();
  result<void> make_rooms();
  result<void> make_room(std::size_t number);
  result<void> join(std::size_t number, std::size_t who);
  result<void> talk();
  result<void> take(const step& what);
  result<void> post(const step& what);
  result<void> edit(const step& what, message& about);
  result<void> react(const step& what, message& about);
  result<void> remove(const step& what, message& about);
  result<void> read_rooms();
  result<void> read(std::size_t room);
  result<void> look_at_rooms();
  result<void> leave_people();

  std::string path_of(std::size_t room) const { return "/api/v1/rooms/" + rooms_[room].id; }
  std::string path_of(const step& what, const message& about) const;
  std::string key_of(const std::string& what) const;

  community& whom_;
  accounts& people_;
  listener& tell_;
  filling_tally tally_;
  std::vector<filled_room> rooms_;
  std::vector<memory> memories_; ///< of the rooms
};

} // namespace palabre::seed
