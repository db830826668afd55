#pragma once
// The slots of phrases: {name}, {name:2}, {^name}; see phrase_book.hpp.

#include <cstddef>
#include <optional>
#include <string_view>

namespace palabre::seed {

struct slot {
  std::string_view name; ///< empty: there is none
  std::size_t number = 1;
  bool begins_sentence = false;
  std::size_t at = 0, end = 0; ///< where it stands, with its braces
};

/// The first slot of a phrase; nullopt where a brace does not close or holds none.
std::optional<slot> next_slot(std::string_view phrase);

/// Whether it stands for a speaker instead of a thing.
bool is_role(std::string_view slot_name);

} // namespace palabre::seed
