#include "http/server/request_tallies.hpp"

#include <algorithm>

namespace palabre::http {

request_tallies::request_tallies(const std::vector<route>& table)
    : table_(table), answered_(2 * table.size() + methods * (all_entrances().size() + 1)) {}

std::size_t request_tallies::place_of(const request_aim& aim, method kind) const {
  if (aim.row) return 2 * static_cast<std::size_t>(aim.row - table_.data()) + (kind == method::head);
  const auto entrances = all_entrances();
  const auto at = aim.at ? static_cast<std::size_t>(aim.at - entrances.data()) : entrances.size();
  return 2 * table_.size() + methods * at + static_cast<std::size_t>(kind);
}

void request_tallies::count(const request_aim& aim, method kind, int status, std::chrono::steady_clock::duration took) {
  const auto status_class = static_cast<std::size_t>(std::clamp(status / 100, 1, 5) - 1);
  answered_[place_of(aim, kind)][status_class].add();
  const auto limited_as = aim.row ? aim.row->limited_as() : rate_class::by_verb;
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  took_[static_cast<std::size_t>(limited_as)].add(static_cast<std::uint64_t>(std::max<std::int64_t>(0, micros)));
}

void request_tallies::add_to(edge_counts& all) const {
  const auto add = [&](std::size_t place, std::string_view name, std::string_view verb) {
    for (std::size_t i = 0; i < status_classes; ++i) {
      const auto count = answered_[place][i].value();
      if (count == 0) continue;
      const int status_class = static_cast<int>(i) + 1;
      const auto same = std::ranges::find_if(all.requests, [&](const auto& each) {
        return each.route == name && each.method == verb && each.status_class == status_class;
      });
      if (same == all.requests.end())
        all.requests.push_back({name, verb, status_class, count});
      else
        same->count += count;
    }
  };
  for (std::size_t i = 0; i < table_.size(); ++i) {
    add(2 * i, table_[i].name, name_of(table_[i].method));
    add(2 * i + 1, table_[i].name, "HEAD");
  }
  for (std::size_t i = 0; i <= all_entrances().size(); ++i)
    for (std::size_t m = 0; m < methods; ++m)
      add(2 * table_.size() + methods * i + m, i < all_entrances().size() ? all_entrances()[i].name : "none",
          name_of(static_cast<method>(m)));

  all.durations.resize(rate_classes);
  for (std::size_t i = 0; i < rate_classes; ++i) {
    const auto which = static_cast<rate_class>(i);
    all.durations[i].rate_class = which == rate_class::by_verb ? "other" : name_of(which);
    all.durations[i].micros.add(took_[i].read());
  }
}

} // namespace palabre::http
