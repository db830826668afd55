#pragma once
// The one place that knows Beast's parser: reads a head and a body into a `request`. request_reader is its only user.

#include "http/server/request_reader.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace palabre::http {

/// Reads one request. Threads: one. Lifetime: `into` outlives it.
class request_parser {
public:
  explicit request_parser(request& into);
  ~request_parser();

  /// Requires: a head up to and with its empty line, not longer than header_bytes_max. nullopt: understood.
  std::optional<problem> read_head(std::string_view head);
  /// `taken` becomes how much of `bytes` was used; 0 with nullopt: more bytes are needed.
  std::optional<problem> read_body(std::string_view bytes, std::size_t& taken);

  /// The request is complete, or its body too large to go on.
  bool done() const;
  /// How much of the body is to come, as far as one knows; at least a few KiB.
  std::size_t body_bytes_expected() const;

private:
  class beast_parser;
  request& into_;
  std::unique_ptr<beast_parser> parser_;
};

} // namespace palabre::http
