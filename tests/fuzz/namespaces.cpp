// Settings of the named channels: lines of "section.key=value", as --set takes them.
#include "fuzz.hpp"

#include "app/configuration.hpp"

#include <vector>

namespace palabre::fuzz {

void look_at(std::string_view input) {
  std::vector<std::string> settings;
  while (!input.empty() && settings.size() < 64) {
    const std::string_view line = input.substr(0, input.find('\n'));
    settings.emplace_back(line);
    input.remove_prefix(std::min(input.size(), line.size() + 1));
  }
  const auto read = app::load_configuration({}, {}, settings);
  if (!read) {
    PALABRE_ASSERT(!read.error().context.empty());
    return;
  }
  for (const auto& option : app::describe(read.value())) PALABRE_ASSERT(!option.name.empty());
}

} // namespace palabre::fuzz
