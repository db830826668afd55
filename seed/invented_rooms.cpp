#include "seed/invented_rooms.hpp"

#include "seed/chance.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace palabre::seed {
namespace {

struct kind_of_room {
  language spoken;
  bool is_private;
  friend auto operator<=>(const kind_of_room&, const kind_of_room&) = default;
};
using enum language;
constexpr kind_of_room kinds[] = {{english, false}, {french, false},  {mixed, false},  {english, true},
                                  {french, true},   {english, false}, {french, false}, {mixed, true}};

constexpr std::size_t public_members_max = 60;

/// Topics and their names in turn, so that rooms differ as long as they can.
class naming {
public:
  explicit naming(chance& random) : random_(random) {}

  void name(room_plan& made) {
    auto& left = left_[{made.spoken, made.is_private}];
    if (left.empty()) left = all(made);
    made.topics = left.back();
    left.pop_back();
    const auto nth = uses_[made.topics]++;
    const auto& names = made.topics->names;
    made.name = names[nth % names.size()];
    if (nth >= names.size()) made.name += ' ' + std::to_string(nth / names.size() + 1);
    made.about = made.topics->about;
    made.category = made.topics->category;
  }

private:
  std::vector<const topic*> all(const room_plan& of) {
    std::vector<const topic*> found;
    for (const topic& each : phrases_in(of.spoken).topics)
      if (each.is_private == of.is_private) found.push_back(&each);
    random_.shuffle(found);
    return found;
  }

  chance& random_;
  std::map<kind_of_room, std::vector<const topic*>> left_;
  std::map<const topic*, std::size_t> uses_;
};

bool understands(const person_plan& who, language spoken) {
  return spoken == mixed || who.speaks == spoken || who.speaks_both;
}

std::vector<std::size_t> choose_members(const room_plan& of, const std::vector<person_plan>& people, chance& random) {
  std::vector<std::size_t> speakers, others;
  for (std::size_t i = 0; i < people.size(); ++i) (understands(people[i], of.spoken) ? speakers : others).push_back(i);
  random.shuffle(speakers);
  random.shuffle(others);
  const std::size_t half = speakers.size() / 2;
  const std::size_t wanted =
      of.is_private ? 3 + random.below(2) : std::min(half + random.below(half + 1), public_members_max);
  speakers.resize(std::min(speakers.size(), std::max<std::size_t>(wanted, 2)));
  for (std::size_t i = 0; speakers.size() < 2; ++i) speakers.push_back(others[i]);
  return speakers;
}

} // namespace

std::vector<room_plan> invent_rooms(const community_size& size, const std::vector<person_plan>& people) {
  chance random(size.seed, "rooms");
  naming names(random);
  std::vector<room_plan> rooms;
  for (std::size_t i = 0; i < size.rooms; ++i) {
    const kind_of_room& kind = kinds[i % std::size(kinds)];
    room_plan made;
    made.spoken = kind.spoken;
    made.is_private = kind.is_private;
    names.name(made);
    made.members = choose_members(made, people, random);
    rooms.push_back(std::move(made));
  }
  return rooms;
}

} // namespace palabre::seed
