#pragma once
#include "seed/plan.hpp"

namespace palabre::seed {

/// Half of them English, half French, some of each speak both; no two have the same login.
std::vector<person_plan> invent_people(const community_size& size);

} // namespace palabre::seed
