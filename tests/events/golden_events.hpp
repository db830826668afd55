#pragma once
// golden/events.txt: the bytes of every event type and schema version ever written.

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace palabre::events::testing {

struct golden_event {
  char kind;
  std::string type;
  std::uint16_t schema;
  std::string payload;
};

inline std::vector<golden_event> golden_events() {
  std::ifstream file(PALABRE_SOURCE_DIR "/tests/events/golden/events.txt");
  std::vector<golden_event> all;
  golden_event e;
  while (file >> e.kind >> e.type >> e.schema && std::getline(file >> std::ws, e.payload)) all.push_back(e);
  return all;
}

} // namespace palabre::events::testing
