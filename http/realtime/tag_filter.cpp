#include "http/realtime/tag_filter.hpp"

#include "base/limits.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace palabre::http::realtime {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

std::optional<double> number_in(std::string_view text) {
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// False: it is there and no text.
bool read_text(object from, std::string_view key, std::string& out) {
  element value;
  if (from[key].get(value) != simdjson::SUCCESS || value.is_null()) return true;
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return false;
  out = text;
  return true;
}

bool read_texts(object from, std::string_view key, std::vector<std::string>& out) {
  element value;
  if (from[key].get(value) != simdjson::SUCCESS || value.is_null()) return true;
  array list;
  if (value.get(list) != simdjson::SUCCESS) return false;
  for (const element each : list) {
    std::string_view text;
    if (each.get(text) != simdjson::SUCCESS || out.size() == limits::tag_filter_values_max) return false;
    out.emplace_back(text);
  }
  return true;
}

template <class Value, std::size_t N>
std::optional<Value> named(const std::array<std::pair<std::string_view, Value>, N>& names, std::string_view name) {
  const auto found = std::find_if(names.begin(), names.end(), [&](const auto& each) { return each.first == name; });
  if (found == names.end()) return std::nullopt;
  return found->second;
}

} // namespace

/// Puts the nodes of one tree one behind the other.
struct tag_filter::reading {
  static constexpr std::array<std::pair<std::string_view, operation>, 4> operations{
      {{"", operation::compare}, {"and", operation::all_of}, {"or", operation::any_of}, {"not", operation::not_one}}};
  static constexpr std::array<std::pair<std::string_view, comparison>, 13> comparisons{
      {{"eq", comparison::equal},
       {"neq", comparison::unequal},
       {"in", comparison::in},
       {"nin", comparison::not_in},
       {"ex", comparison::exists},
       {"nex", comparison::absent},
       {"sw", comparison::starts_with},
       {"ew", comparison::ends_with},
       {"ct", comparison::contains},
       {"lt", comparison::less},
       {"lte", comparison::less_or_equal},
       {"gt", comparison::greater},
       {"gte", comparison::greater_or_equal}}};

  std::vector<node> nodes;

  bool read(object from) {
    if (nodes.size() == limits::tag_filter_nodes_max) return false;
    const std::size_t at = nodes.size();
    nodes.emplace_back();
    std::string op;
    if (!read_text(from, "op", op)) return false;
    const auto known = named(operations, op);
    if (!known) return false;
    nodes[at].op = *known;
    return *known == operation::compare ? read_comparison(from, nodes[at]) : read_children(from, at);
  }

  static bool read_comparison(object from, node& out) {
    std::string how, value;
    if (!read_text(from, "key", out.key) || !read_text(from, "cmp", how) || !read_text(from, "val", value))
      return false;
    const auto known = named(comparisons, how);
    if (!known || out.key.empty()) return false;
    out.how = *known;
    if (out.how == comparison::in || out.how == comparison::not_in) return read_texts(from, "vals", out.values);
    out.values.push_back(std::move(value));
    return true;
  }

  bool read_children(object from, std::size_t at) {
    array list;
    if (from["nodes"].get(list) != simdjson::SUCCESS) return false;
    for (const element each : list) {
      object child;
      if (each.get(child) != simdjson::SUCCESS) return false;
      nodes[at].children.push_back(nodes.size());
      if (!read(child)) return false;
    }
    const std::size_t count = nodes[at].children.size();
    return nodes[at].op == operation::not_one ? count == 1 : count > 0;
  }
};

std::optional<tag_filter> tag_filter::parse(std::string_view json) {
  simdjson::dom::parser parser;
  object root;
  reading in;
  if (parser.parse(json).get(root) != simdjson::SUCCESS || !in.read(root)) return std::nullopt;
  tag_filter made;
  made.nodes_ = std::move(in.nodes);
  return made;
}

bool tag_filter::admits(const node& n, const tag_map& tags) const {
  const auto child_admits = [&](std::size_t child) { return admits(nodes_[child], tags); };
  switch (n.op) {
  case operation::compare: return compares(n, tags);
  case operation::all_of: return std::all_of(n.children.begin(), n.children.end(), child_admits);
  case operation::any_of: return std::any_of(n.children.begin(), n.children.end(), child_admits);
  case operation::not_one: return !child_admits(n.children.front());
  }
  return false;
}

bool tag_filter::compares(const node& n, const tag_map& tags) {
  const auto found = tags.find(n.key);
  if (found == tags.end())
    return n.how == comparison::unequal || n.how == comparison::not_in || n.how == comparison::absent;
  const std::string_view tag = found->second;
  const auto is_one_of_them = [&] { return std::find(n.values.begin(), n.values.end(), tag) != n.values.end(); };
  switch (n.how) {
  case comparison::exists: return true;
  case comparison::absent: return false;
  case comparison::equal:
  case comparison::in: return is_one_of_them();
  case comparison::unequal:
  case comparison::not_in: return !is_one_of_them();
  case comparison::starts_with: return tag.starts_with(n.values.front());
  case comparison::ends_with: return tag.ends_with(n.values.front());
  case comparison::contains: return tag.find(n.values.front()) != tag.npos;
  default: break;
  }
  const auto left = number_in(tag), right = number_in(n.values.front());
  if (!left || !right) return false;
  switch (n.how) {
  case comparison::less: return *left < *right;
  case comparison::less_or_equal: return *left <= *right;
  case comparison::greater: return *left > *right;
  default: return *left >= *right;
  }
}

tag_map tags_of(std::string_view push) {
  thread_local simdjson::dom::parser parser;
  tag_map out;
  object tags;
  if (parser.parse(push).at_pointer("/push/pub/tags").get(tags) != simdjson::SUCCESS) return out;
  for (const auto& [key, value] : tags) {
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS) out.emplace(key, text);
  }
  return out;
}

} // namespace palabre::http::realtime
