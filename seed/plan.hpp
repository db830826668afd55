#pragma once
// What there is to be in a community, before any server knows of it. People and rooms are named by their index.

#include "seed/phrase_book.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace palabre::seed {

/// All that decides what a community is.
struct community_size {
  static constexpr std::uint64_t seed_max = 999'999'999; ///< it ends every login
  static constexpr std::size_t people_min = 2, people_max = 100'000, rooms_max = 10'000, messages_max = 100'000'000;

  std::uint64_t seed = 1;
  std::size_t people = 16, rooms = 8, messages = 500;
};

struct person_plan {
  std::string login, first_name, display_name, city, bio;
  std::vector<std::string> interests;
  language speaks = language::english;
  bool speaks_both = false;
};

struct room_plan {
  std::string name, about, category;
  language spoken = language::english;
  const topic* topics = nullptr; ///< what it is about
  bool is_private = false;
  std::vector<std::size_t> members; ///< two at least; the first makes it
};

/// Something that someone does in a room. Messages are counted in each room, from 0.
struct step {
  enum class kind { post, edit, react, remove };

  kind what = kind::post;
  std::size_t room = 0, who = 0, message = 0;
  std::string text; ///< the body, the new body or the emoji
  std::optional<std::size_t> reply_to;
};

} // namespace palabre::seed
