#pragma once
// Finds the rows of the route table: by path, segment by segment, and by rpc name.

#include "http/api.hpp"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace palabre::http {

/// All rows of one path, by verb.
struct path_rows {
  std::array<const route*, 5> by_verb{};

  const route* row(verb v) const { return by_verb[static_cast<std::size_t>(v)]; }
  /// What even the least demanding of them needs.
  access least_access() const;
  /// "GET, HEAD, POST": for the Allow header.
  std::string allowed() const;
};

/// Immutable once made: any thread. A literal segment goes before a {capture}, which is never
/// empty.
class router {
public:
  /// Requires: each path once per verb, each rpc once; `table` outlives it.
  explicit router(const std::vector<route>& table);

  /// nullptr: no such path. `captures` gets the path parameters, percent-decoded.
  const path_rows* find(std::string_view path, std::vector<std::string>& captures) const;
  const route* find_rpc(std::string_view method) const;

private:
  struct node {
    std::vector<std::pair<std::string, std::unique_ptr<node>>> literals;
    std::unique_ptr<node> capture;
    path_rows rows;
    bool is_path = false;
  };
  static const path_rows* find(const node& at, std::string_view rest, std::vector<std::string>& captures);

  node root_;
  std::unordered_map<std::string_view, const route*> rpcs_;
};

/// nullopt: broken escapes, or what they stand for is no UTF-8 or holds a zero byte.
std::optional<std::string> percent_decoded(std::string_view text);
/// Everything but RFC 3986's unreserved characters as %XX.
std::string percent_encoded(std::string_view text);

} // namespace palabre::http
