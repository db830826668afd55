#include "seed/conversation.hpp"

#include <algorithm>

namespace palabre::seed {
namespace {

constexpr std::size_t answers_max = 3;
const std::vector<std::string> usual_emoji{"👍", "❤️", "😂"};

bool is_small_letter(char c) {
  return c >= 'a' && c <= 'z';
}

} // namespace

conversation::conversation(std::uint64_t seed, std::size_t number, const room_plan& room,
                           const std::vector<person_plan>& people)
    : number_(number), room_(room), people_(people), random_(seed, "room " + std::to_string(number)),
      asker_(room.members.front()), speaker_(asker_) {}

step conversation::next() {
  while (steps_.empty()) compose();
  step first = std::move(steps_.front());
  steps_.pop_front();
  return first;
}

void conversation::compose() {
  const saying chosen = choose();
  about_ = chosen.about;
  wording say(*chosen.about, chosen.book->everywhere, random_);
  if (random_.one_in(25)) slip(*chosen.book);
  begin(*chosen.words, say);
  answer(*chosen.words, say);
  end(*chosen.words, say);
  for (step& each : corrections_) steps_.push_back(std::move(each));
  corrections_.clear();
}

conversation::saying conversation::choose() {
  if (left_.empty()) refill();
  if (left_.back().words == last_ && left_.size() > 1) std::swap(left_.front(), left_.back());
  const saying chosen = left_.back();
  left_.pop_back();
  last_ = chosen.words;
  return chosen;
}

/// What the room is about comes more often than small talk, which is the same everywhere.
void conversation::refill() {
  const phrase_book& own = phrases_in(room_.spoken);
  add_all(own, *room_.topics, 2);
  add_all(own, own.everywhere, 1);
  if (room_.spoken == language::mixed)
    for (const language each : {language::english, language::french})
      add_all(phrases_in(each), phrases_in(each).everywhere, 1);
  random_.shuffle(left_);
}

void conversation::add_all(const phrase_book& book, const topic& about, int times) {
  for (int i = 0; i < times; ++i)
    for (const exchange& each : about.exchanges) left_.push_back({&book, &about, &each});
}

void conversation::begin(const exchange& words, wording& say) {
  asker_ = other_than(speaker_, speaker_);
  say.call("asker", people_[asker_].first_name);
  opener_ = messages_;
  post(asker_, say.say(random_.one_of(words.openers)), std::nullopt);
}

void conversation::answer(const exchange& words, wording& say) {
  std::vector<std::string> answers = words.answers;
  random_.shuffle(answers);
  answers.resize(std::min(answers.size(), 1 + random_.below(answers_max)));
  for (const std::string& phrase : answers) {
    const std::size_t who = other_than(asker_, speaker_);
    const bool replies = random_.percent(60);
    post(who, say.say(phrase), replies ? std::optional(opener_) : std::nullopt);
    say.call("answerer", people_[who].first_name);
  }
}

void conversation::end(const exchange& words, wording& say) {
  if (!words.follow_ups.empty() && random_.percent(75)) {
    const bool replies = random_.percent(50);
    post(asker_, say.say(random_.one_of(words.follow_ups)), replies ? std::optional(last_message_) : std::nullopt);
  }
  if (!words.closings.empty() && random_.percent(40)) {
    const std::size_t closes = other_than(asker_, speaker_); // first, whatever the compiler
    post(closes, say.say(random_.one_of(words.closings)), std::nullopt);
  }
}

/// Meant for another room, and gone as soon as it is seen.
void conversation::slip(const phrase_book& book) {
  const auto slips = book.everywhere.lists.find("slip");
  if (slips == book.everywhere.lists.end()) return;
  const std::size_t who = random_.one_of(room_.members);
  steps_.push_back({step::kind::post, number_, who, messages_, random_.one_of(slips->second), std::nullopt});
  steps_.push_back({step::kind::remove, number_, who, messages_, {}, std::nullopt});
  ++messages_;
}

void conversation::post(std::size_t who, std::string body, std::optional<std::size_t> reply_to) {
  last_message_ = messages_++;
  speaker_ = who;
  const std::string first = random_.one_in(12) ? mistyped(body) : body;
  steps_.push_back({step::kind::post, number_, who, last_message_, first, reply_to});
  if (first != body)
    corrections_.push_back({step::kind::edit, number_, who, last_message_, std::move(body), std::nullopt});
  if (random_.percent(30)) react(last_message_, who);
}

void conversation::react(std::size_t message, std::size_t author) {
  std::vector<std::size_t> members = room_.members;
  random_.shuffle(members);
  const std::vector<std::string>& emoji = about_->emoji.empty() ? usual_emoji : about_->emoji;
  std::string with = random_.one_of(emoji);
  std::size_t left = 1 + random_.below(3);
  for (const std::size_t who : members) {
    if (who == author) continue;
    if (left-- == 0) return;
    steps_.push_back({step::kind::react, number_, who, message, with, std::nullopt});
    if (random_.one_in(3)) with = random_.one_of(emoji); // most join in with what is there
  }
}

/// One of the room who is neither, or where there are only two at least not the first.
std::size_t conversation::other_than(std::size_t who, std::size_t nor) {
  std::vector<std::size_t> others;
  for (const std::size_t each : room_.members)
    if (each != who && each != nor) others.push_back(each);
  if (others.empty())
    for (const std::size_t each : room_.members)
      if (each != who) others.push_back(each);
  return random_.one_of(others);
}

/// Two letters within a word the wrong way round; the same where there is no such pair.
std::string conversation::mistyped(const std::string& body) {
  std::vector<std::size_t> places;
  for (std::size_t i = 1; i + 2 < body.size(); ++i)
    if (std::all_of(body.begin() + static_cast<std::ptrdiff_t>(i) - 1,
                    body.begin() + static_cast<std::ptrdiff_t>(i) + 3, is_small_letter) &&
        body[i] != body[i + 1])
      places.push_back(i);
  if (places.empty()) return body;
  std::string wrong = body;
  const std::size_t at = random_.one_of(places);
  std::swap(wrong[at], wrong[at + 1]);
  return wrong;
}

} // namespace palabre::seed
