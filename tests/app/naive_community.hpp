#pragma once
// A community as one would write it down on paper: people, rooms, and what was said, in lists that are searched from
// the beginning. What the server answers is held against it.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace palabre::testing {

/// People and rooms are numbers, messages their place in the room's list. What is held against people is for ever.
struct naive_community {
  static constexpr int people = 4, rooms = 3; ///< a public one, a private one, and one of two people
  using seq = std::uint64_t;
  enum class role { member, moderator, admin, owner };
  enum class kind { open, closed, direct };

  struct seat {
    seq joined = 0;
    role as = role::member;
  };

  struct said {
    std::string id;
    seq at = 0;
    int author = 0;
    std::string body;
    std::set<int> mentioned;
    std::optional<std::size_t> reply_to;
    bool deleted = false;
    std::map<std::string, std::set<int>> reactions;
    std::set<int> reporters;
  };
  struct room {
    std::string id;
    kind is = kind::open;
    bool archived = false;
    seq last_seq = 0;
    std::map<int, seat> members;
    std::set<int> banned, muted, invited;
    std::map<int, seq> read;
    std::map<int, std::string> drafts, wants; ///< what they wrote and did not post; what they want to be told of
    std::vector<said> messages;
    std::vector<std::size_t> pins;
  };
  struct mention {
    int room = 0;
    std::size_t message = 0;
  };

  std::vector<room> all_rooms;
  std::map<int, std::vector<mention>> mentions; ///< by person, in the order in which they came

  // ---- What happens. False: it is refused, and nothing has changed.

  bool join(int who, int where);
  bool leave(int who, int where);
  bool invite(int who, int where, int whom);
  bool archive(int who, int where, bool on);
  bool give_role(int who, int where, int whom, role as);
  bool hand_over(int who, int where, int to);
  bool kick(int who, int where, int whom);
  bool ban(int who, int where, int whom, bool on);
  bool mute(int who, int where, int whom, bool on);
  bool post(int who, int where, const std::string& id, const std::string& body, std::optional<std::size_t> reply_to);
  bool edit(int who, int where, std::size_t message, const std::string& body);
  bool remove(int who, int where, std::size_t message);
  bool react(int who, int where, std::size_t message, const std::string& emoji);
  bool pin(int who, int where, std::size_t message, bool on);
  bool read(int who, int where, seq up_to);
  bool report(int who, int where, std::size_t message);
  bool review(int who, int where, std::size_t message);
  bool save_draft(int who, int where, const std::string& body);
  bool discard_draft(int who, int where);
  bool choose(int who, int where, const std::string& what);

  // ---- What one sees, as lines of text.

  /// Each message with everything about it. `viewer`: whose reactions are "mine"; nullopt: nobody's. `today`: the same
  /// room later; what is deleted there is not shown.
  static std::string messages(const room& r, std::optional<int> viewer, const room* today = nullptr);
  static std::string pins(const room& r);
  /// With their roles.
  static std::string members(const room& r);
  static std::string logins(const std::set<int>& those);
  /// The viewer's rooms, with their counts.
  std::string my_rooms(int viewer) const;
  std::string my_mentions(int viewer) const;
  std::string my_drafts(int viewer) const;
  std::string reports(int where) const;
  /// Ids of the messages in the viewer's rooms that have `word`.
  std::set<std::string> found(int viewer, const std::string& word) const;

  bool is_in(int who, int where) const { return in(where).members.contains(who); }
  bool is_at_least(role as, int who, int where) const {
    return is_in(who, where) && in(where).members.at(who).as >= as;
  }
  room& in(int where) { return all_rooms[static_cast<std::size_t>(where)]; }
  const room& in(int where) const { return all_rooms[static_cast<std::size_t>(where)]; }
  static std::string login(int who) { return std::string("person") + static_cast<char>('a' + who); }
  static std::string name_of(role as);

private:
  /// A member, in a room that is not archived.
  bool may_act(int who, int where) const { return is_in(who, where) && !in(where).archived; }
  /// And as high as that.
  bool may_act_as(role as, int who, int where) const { return may_act(who, where) && is_at_least(as, who, where); }
  bool has_voice(int who, int where) const { return may_act(who, where) && !in(where).muted.contains(who); }
  bool is_lower(int whom, int who, int where) const;
  bool may_moderate(int who, int where, int whom) const;
  said* living(int who, int where, std::size_t message);
  void mention_anew(int where, std::size_t message, std::set<int> named);
  std::set<int> named_in(int where, int author, const std::string& body) const;
  seq read_until(int who, int where) const;
};

} // namespace palabre::testing
