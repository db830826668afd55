#pragma once
#include "seed/plan.hpp"

namespace palabre::seed {

/// English, French and mixed ones, some private and small; who is in them speaks what is spoken there, as far as there
/// are such people. Requires: two people at least.
std::vector<room_plan> invent_rooms(const community_size& size, const std::vector<person_plan>& people);

} // namespace palabre::seed
