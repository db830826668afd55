#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace palabre::bench {

/// The body of every message of a load says who sent it, as which of theirs, and when it was meant to be sent: with
/// that, each delivery can be checked and timed whatever protocol carries it. Plain ASCII without a character that
/// JSON, XML or an URL would write otherwise.
struct mark {
  std::uint32_t sender = 0;     ///< index within the run
  std::uint32_t number = 0;     ///< 1, 2, … of this sender
  std::int64_t intended_ns = 0; ///< steady clock of the generator

  static constexpr std::size_t bytes = 4 + 8 + 8 + 16 + 3; ///< of its text, which starts with "pbm-"
};

/// A body of `size` bytes that begins with the mark; never shorter than the mark.
std::string marked_body(const mark& m, std::size_t size);

/// Where a mark begins in what was received; npos if there is none. `hint`: where it was the last time, and is now:
/// frames of one kind differ little.
std::size_t find_mark(std::string_view text, std::size_t& hint);

/// The mark at the start of `text`; nothing if it is none.
std::optional<mark> read_mark(std::string_view text);

} // namespace palabre::bench
