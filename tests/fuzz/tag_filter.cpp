// Filters of subscribers: a first line of JSON, then tags, one "key=value" a line.
#include "fuzz.hpp"

#include "http/realtime/tag_filter.hpp"

namespace palabre::fuzz {
namespace {

using namespace http::realtime;

/// What "and", "or" and "not" around a filter make of its answer. One that grows over the bound is none.
void check_around(std::string_view json, const tag_map& tags, bool admitted) {
  const std::string own(json), opposite = R"({"op":"not","nodes":[)" + own + "]}";
  const std::pair<std::string, bool> laws[] = {
      {opposite, !admitted},
      {R"({"op":"not","nodes":[)" + opposite + "]}", admitted},
      {R"({"op":"and","nodes":[)" + own + "]}", admitted},
      {R"({"op":"or","nodes":[)" + own + ',' + own + "]}", admitted},
      {R"({"op":"or","nodes":[)" + opposite + ',' + own + "]}", true},
      {R"({"op":"and","nodes":[)" + own + ',' + opposite + "]}", false},
  };
  for (const auto& [around, expected] : laws)
    if (const auto filter = tag_filter::parse(around)) PALABRE_ASSERT(filter->admits(tags) == expected);
}

} // namespace

void look_at(std::string_view input) {
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
  check_around(json, tags, filter->admits(tags));
}

} // namespace palabre::fuzz
