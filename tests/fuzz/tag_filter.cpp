// Filters of subscribers: a first line of JSON, then tags, one "key=value" a line.
#include "fuzz.hpp"

#include "http/realtime/tag_filter.hpp"

namespace palabre::fuzz {

void look_at(std::string_view input) {
  using namespace http::realtime;
  const std::string_view json = input.substr(0, input.find('\n'));
  const auto filter = tag_filter::parse(json);
  if (!filter) return;
  tag_map tags;
  std::string_view rest = input.substr(json.size());
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view line = rest.substr(0, rest.find('\n'));
    const std::size_t sign = line.find('=');
    if (sign != line.npos) tags[std::string(line.substr(0, sign))] = line.substr(sign + 1);
    rest.remove_prefix(line.size());
  }
  PALABRE_ASSERT(filter->admits(tags) == filter->admits(tags));
}

} // namespace palabre::fuzz
