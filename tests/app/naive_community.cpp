#include "naive_community.hpp"

#include <algorithm>

namespace palabre::testing {

// ---- What happens

bool naive_community::is_lower(int whom, int who, int where) const {
  const auto& members = in(where).members;
  return !is_in(whom, where) || members.at(whom).as < members.at(who).as;
}

bool naive_community::may_moderate(int who, int where, int whom) const {
  return may_act_as(role::moderator, who, where) && is_lower(whom, who, where);
}

bool naive_community::join(int who, int where) {
  room& r = in(where);
  if (is_in(who, where)) return true;
  const bool has_way = r.is == kind::open || r.invited.contains(who);
  if (!has_way || r.archived || r.banned.contains(who)) return false;
  r.members[who] = {++r.last_seq, role::member};
  r.last_seq += r.invited.erase(who); // it is told that the invitation was accepted
  return true;
}

bool naive_community::leave(int who, int where) {
  room& r = in(where);
  if (!is_in(who, where)) return r.is == kind::open;
  if (r.is == kind::direct || r.members[who].as == role::owner) return false;
  r.members.erase(who);
  ++r.last_seq;
  return true;
}

bool naive_community::invite(int who, int where, int whom) {
  room& r = in(where);
  if (!may_act_as(role::moderator, who, where) || is_in(whom, where) || r.banned.contains(whom)) return false;
  if (!r.invited.insert(whom).second) return false;
  ++r.last_seq;
  return true;
}

bool naive_community::archive(int who, int where, bool on) {
  room& r = in(where);
  if (!is_at_least(role::owner, who, where)) return false;
  r.last_seq += r.archived != on;
  r.archived = on;
  return true;
}

bool naive_community::give_role(int who, int where, int whom, role as) {
  room& r = in(where);
  if (!may_act_as(role::admin, who, where) || !is_in(whom, where) || !is_lower(whom, who, where)) return false;
  if (as >= r.members[who].as) return false;
  r.last_seq += r.members[whom].as != as;
  r.members[whom].as = as;
  return true;
}

bool naive_community::hand_over(int who, int where, int to) {
  room& r = in(where);
  if (!may_act_as(role::owner, who, where) || !is_in(to, where)) return false;
  if (to == who) return true;
  r.members[who].as = role::admin;
  r.members[to].as = role::owner;
  r.last_seq += 1 + r.muted.erase(to); // nobody above them could let them speak
  return true;
}

bool naive_community::kick(int who, int where, int whom) {
  if (!may_moderate(who, where, whom) || !is_in(whom, where)) return false;
  in(where).members.erase(whom);
  ++in(where).last_seq;
  return true;
}

bool naive_community::ban(int who, int where, int whom, bool on) {
  room& r = in(where);
  if (!may_moderate(who, where, whom)) return false;
  if (!on)
    r.last_seq += r.banned.erase(whom);
  else if (r.members.erase(whom) > 0)
    r.last_seq += 2; // they are sent away, and banned
  else
    r.last_seq += !r.banned.contains(whom);
  if (on) r.banned.insert(whom);
  return true;
}

bool naive_community::mute(int who, int where, int whom, bool on) {
  room& r = in(where);
  if (!may_moderate(who, where, whom)) return false;
  r.last_seq += on ? r.muted.insert(whom).second : r.muted.erase(whom);
  return true;
}

bool naive_community::post(int who, int where, const std::string& id, const std::string& body,
                           std::optional<std::size_t> reply_to) {
  room& r = in(where);
  if (!has_voice(who, where)) return false;
  r.messages.push_back({id, ++r.last_seq, who, body, {}, reply_to, false, {}, {}});
  mention_anew(where, r.messages.size() - 1, named_in(where, who, body));
  r.drafts.erase(who);
  return true;
}

naive_community::said* naive_community::living(int who, int where, std::size_t message) {
  room& r = in(where);
  if (!may_act(who, where) || message >= r.messages.size() || r.messages[message].deleted) return nullptr;
  return &r.messages[message];
}

bool naive_community::edit(int who, int where, std::size_t message, const std::string& body) {
  said* const m = living(who, where, message);
  if (m == nullptr || m->author != who || !has_voice(who, where)) return false;
  m->body = body;
  mention_anew(where, message, named_in(where, who, body));
  ++in(where).last_seq;
  return true;
}

bool naive_community::remove(int who, int where, std::size_t message) {
  room& r = in(where);
  if (!may_act(who, where) || message >= r.messages.size()) return false;
  said& m = r.messages[message];
  if (m.author != who && !may_moderate(who, where, m.author)) return false;
  if (m.deleted) return true;
  mention_anew(where, message, {});
  m.deleted = true;
  m.reporters.clear();
  std::erase(r.pins, message);
  ++r.last_seq;
  return true;
}

bool naive_community::react(int who, int where, std::size_t message, const std::string& emoji) {
  said* const m = living(who, where, message);
  if (m == nullptr) return false;
  auto& those = m->reactions[emoji];
  if (those.erase(who) == 0) those.insert(who);
  if (those.empty()) m->reactions.erase(emoji);
  ++in(where).last_seq;
  return true;
}

bool naive_community::pin(int who, int where, std::size_t message, bool on) {
  room& r = in(where);
  if (!may_act_as(role::moderator, who, where) || message >= r.messages.size()) return false;
  if (on && r.messages[message].deleted) return false;
  const bool is_pinned = std::find(r.pins.begin(), r.pins.end(), message) != r.pins.end();
  if (is_pinned == on) return true;
  std::erase(r.pins, message);
  if (on) r.pins.push_back(message);
  ++r.last_seq;
  return true;
}

bool naive_community::read(int who, int where, seq up_to) {
  room& r = in(where);
  if (!is_in(who, where)) return false;
  r.read[who] = std::max(r.read[who], std::min(up_to, r.last_seq));
  return true;
}

bool naive_community::report(int who, int where, std::size_t message) {
  said* const m = living(who, where, message);
  if (m == nullptr || m->author == who) return false;
  if (m->reporters.insert(who).second) ++in(where).last_seq;
  return true;
}

bool naive_community::review(int who, int where, std::size_t message) {
  room& r = in(where);
  if (!may_act_as(role::moderator, who, where) || message >= r.messages.size()) return false;
  auto& reporters = r.messages[message].reporters;
  if (!reporters.empty()) ++r.last_seq;
  reporters.clear();
  return true;
}

bool naive_community::save_draft(int who, int where, const std::string& body) {
  if (!is_in(who, where)) return false;
  in(where).drafts[who] = body;
  return true;
}

bool naive_community::discard_draft(int who, int where) {
  if (is_in(who, where)) in(where).drafts.erase(who);
  return is_in(who, where);
}

bool naive_community::choose(int who, int where, const std::string& what) {
  if (!is_in(who, where)) return false;
  in(where).wants[who] = what;
  return true;
}

std::set<int> naive_community::named_in(int where, int author, const std::string& body) const {
  std::set<int> named;
  for (int who = 0; who < people; ++who)
    if (who != author && is_in(who, where) && body.find('@' + login(who)) != body.npos) named.insert(who);
  return named;
}

/// Whoever was named before keeps the place.
void naive_community::mention_anew(int where, std::size_t message, std::set<int> named) {
  said& m = in(where).messages[message];
  for (const int who : m.mentioned)
    if (!named.contains(who))
      std::erase_if(mentions[who], [&](const mention& each) { return each.room == where && each.message == message; });
  for (const int who : named)
    if (!m.mentioned.contains(who)) mentions[who].push_back({where, message});
  m.mentioned = std::move(named);
}

// ---- What one sees

std::string naive_community::messages(const room& r, std::optional<int> viewer, const room* today) {
  const auto is_gone = [&](std::size_t which) {
    return r.messages[which].deleted || (today != nullptr && today->messages[which].deleted);
  };
  const auto words_of = [&](std::size_t which) { return is_gone(which) ? "null" : r.messages[which].body; };
  std::string out;
  for (std::size_t i = 0; i < r.messages.size(); ++i) {
    const said& m = r.messages[i];
    out += std::to_string(m.at) + ' ' + login(m.author) + ": " + words_of(i);
    for (const int who : m.mentioned)
      if (!is_gone(i)) out += " @" + login(who);
    if (m.reply_to) out += " > " + std::to_string(r.messages[*m.reply_to].at) + ' ' + words_of(*m.reply_to);
    std::size_t replies = 0;
    for (const said& other : r.messages) replies += other.reply_to == i && !other.deleted;
    out += " replies " + std::to_string(replies);
    for (const auto& [emoji, those] : m.reactions)
      out += ' ' + emoji + std::to_string(those.size()) + (viewer && those.contains(*viewer) ? "*" : "");
    out += '\n';
  }
  return out;
}

std::string naive_community::pins(const room& r) {
  std::string out;
  for (const std::size_t each : r.pins) out = r.messages[each].id + '\n' + out;
  return out;
}

std::string naive_community::members(const room& r) {
  std::string out;
  for (const auto& [who, seat] : r.members) out += login(who) + ' ' + name_of(seat.as) + '\n';
  return out;
}

std::string naive_community::logins(const std::set<int>& those) {
  std::string out;
  for (const int who : those) out += login(who) + '\n';
  return out;
}

std::string naive_community::name_of(role as) {
  static const char* const names[] = {"member", "moderator", "admin", "owner"};
  return names[static_cast<int>(as)];
}

naive_community::seq naive_community::read_until(int who, int where) const {
  const room& r = in(where);
  const auto read = r.read.find(who);
  return std::max(r.members.at(who).joined, read == r.read.end() ? 0 : read->second);
}

std::string naive_community::my_rooms(int viewer) const {
  std::string out;
  for (int where = 0; where < rooms; ++where) {
    const room& r = in(where);
    if (!is_in(viewer, where)) continue;
    std::size_t messages = 0, unread = 0, named = 0;
    for (const said& m : r.messages) {
      messages += !m.deleted;
      const bool is_new = m.at > read_until(viewer, where) && !m.deleted;
      unread += is_new && m.author != viewer;
      named += is_new && m.mentioned.contains(viewer);
    }
    const auto read = r.read.find(viewer);
    const auto wants = r.wants.find(viewer);
    out += std::to_string(where) + ' ' + name_of(r.members.at(viewer).as) + (r.archived ? " archived" : "") +
           " wants " + (wants == r.wants.end() ? "all" : wants->second) + " members " +
           std::to_string(r.members.size()) + " messages " + std::to_string(messages) + " last " +
           std::to_string(r.last_seq) + " read " + std::to_string(read == r.read.end() ? 0 : read->second) +
           " unread " + std::to_string(unread) + " mentions " + std::to_string(named) +
           (r.drafts.contains(viewer) ? " draft" : "") + '\n';
  }
  return out;
}

std::string naive_community::my_mentions(int viewer) const {
  std::string out;
  const auto found = mentions.find(viewer);
  if (found == mentions.end()) return out;
  for (const mention& each : found->second) {
    if (!is_in(viewer, each.room)) continue;
    const said& m = in(each.room).messages[each.message];
    out = m.id + (m.at > read_until(viewer, each.room) ? " new\n" : "\n") + out;
  }
  return out;
}

std::string naive_community::my_drafts(int viewer) const {
  std::string out;
  for (int where = 0; where < rooms; ++where)
    if (is_in(viewer, where) && in(where).drafts.contains(viewer)) out += in(where).drafts.at(viewer) + '\n';
  return out;
}

std::string naive_community::reports(int where) const {
  std::string out;
  for (const said& m : in(where).messages)
    if (!m.reporters.empty()) out += m.id + ' ' + std::to_string(m.reporters.size()) + '\n';
  return out;
}

std::set<std::string> naive_community::found(int viewer, const std::string& word) const {
  std::set<std::string> ids;
  for (int where = 0; where < rooms; ++where)
    for (const said& m : in(where).messages)
      if (is_in(viewer, where) && !m.deleted && m.body.find(word) != m.body.npos) ids.insert(m.id);
  return ids;
}

} // namespace palabre::testing
