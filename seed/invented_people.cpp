#include "seed/invented_people.hpp"

#include "seed/chance.hpp"

#include <set>

namespace palabre::seed {
namespace {

struct spelling {
  std::string_view with, without;
};
constexpr spelling accents[] = {{"é", "e"}, {"è", "e"}, {"ë", "e"}, {"É", "e"}, {"ï", "i"}, {"ô", "o"}, {"ç", "c"}};

/// For a login: small letters of ASCII.
std::string plain(std::string name) {
  for (const auto& [with, without] : accents)
    for (auto at = name.find(with); at != name.npos; at = name.find(with)) name.replace(at, with.size(), without);
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return name;
}

const std::vector<std::string>& list(language of, std::string_view name) {
  return phrases_in(of).everywhere.lists.find(name)->second;
}

person_plan invent(language speaks, chance& random) {
  person_plan made;
  made.speaks = speaks;
  made.speaks_both = random.one_in(3);
  made.first_name = random.one_of(list(speaks, "first"));
  const std::string& last = random.one_of(list(speaks, "last"));
  made.display_name = made.first_name + ' ' + last;
  made.login = plain(made.first_name) + '.' + plain(last);
  made.city = random.one_of(list(speaks, "city"));
  made.bio = random.one_of(list(speaks, "bio"));
  auto interests = list(speaks, "interest");
  random.shuffle(interests);
  interests.resize(1 + random.below(3));
  made.interests = std::move(interests);
  return made;
}

} // namespace

std::vector<person_plan> invent_people(const community_size& size) {
  chance random(size.seed, "people");
  std::set<std::string> taken;
  std::vector<person_plan> people;
  while (people.size() < size.people) {
    const std::size_t number = people.size();
    person_plan made = invent(number % 2 == 0 ? language::english : language::french, random);
    for (int tries = 0; tries < 20 && taken.count(made.login); ++tries) made = invent(made.speaks, random);
    if (taken.count(made.login)) made.login = plain(made.first_name) + std::to_string(number);
    taken.insert(made.login);
    made.login += '.' + std::to_string(size.seed);
    people.push_back(std::move(made));
  }
  return people;
}

} // namespace palabre::seed
