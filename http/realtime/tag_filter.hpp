#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace palabre::http::realtime {

using tag_map = std::unordered_map<std::string, std::string>;

/// Which publications a subscriber wants, by their tags (realtime-protocol.md 6, `tf`): a tree of comparisons joined by
/// "and", "or" and "not". What is filtered out still moves the position.
class tag_filter {
public:
  /// nullopt: not such a tree, or one with more than limits::tag_filter_nodes_max nodes.
  static std::optional<tag_filter> parse(std::string_view json);

  bool admits(const tag_map& tags) const { return admits(nodes_.front(), tags); }

private:
  enum class operation : std::uint8_t { compare, all_of, any_of, not_one };
  enum class comparison : std::uint8_t {
    equal,
    unequal,
    in,
    not_in,
    exists,
    absent,
    starts_with,
    ends_with,
    contains,
    less,
    less_or_equal,
    greater,
    greater_or_equal
  };
  struct node {
    operation op = operation::compare;
    comparison how = comparison::equal;
    std::string key;
    std::vector<std::string> values;
    std::vector<std::size_t> children; ///< in nodes_
  };
  struct reading;

  bool admits(const node& n, const tag_map& tags) const;
  static bool compares(const node& n, const tag_map& tags);

  std::vector<node> nodes_; ///< the root first
};

/// The tags of the publication in a push. Requires: JSON made by us.
tag_map tags_of(std::string_view push);

} // namespace palabre::http::realtime
