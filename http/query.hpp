#pragma once
// Query parameters, checked like the fields of a body: all problems in one answer, each with its pointer ("?limit").

#include "base/limits.hpp"
#include "http/api.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

namespace palabre::http {

/// Reads the parameters of one call, then says whether they were all right. Where a name comes twice the first counts.
class query_reader {
public:
  explicit query_reader(const call& c) : call_(c) {}

  /// The number, nullopt if it is absent or wrong.
  std::optional<std::uint64_t> integer(std::string_view name, std::uint64_t min,
                                       std::uint64_t max = std::numeric_limits<std::int64_t>::max());
  /// `?limit=`: 1 to page_items_max.
  std::size_t limit();
  /// "true" or "false"; absent is false.
  bool flag(std::string_view name);
  /// "a,b,c" as ids, each once: at most limits::ids_per_request_max, and at least one.
  template <class Id>
  std::vector<Id> ids(std::string_view name) {
    std::vector<Id> found;
    for (const std::string_view each : id_texts(name)) {
      const auto id = Id::parse(each);
      if (!id) {
        refuse(name, "not_an_id", "ids with commas between them");
        return {};
      }
      if (std::find(found.begin(), found.end(), *id) == found.end()) found.push_back(*id);
    }
    return found;
  }
  /// Of these parameters at most one may be there.
  void at_most_one_of(std::initializer_list<std::string_view> names);
  void refuse(std::string_view name, std::string code, std::string detail);

  bool ok() const { return problems_.empty(); }
  /// Requires: not ok().
  problem take_problem();

private:
  std::vector<std::string_view> id_texts(std::string_view name);

  const call& call_;
  std::vector<field_problem> problems_;
};

} // namespace palabre::http
