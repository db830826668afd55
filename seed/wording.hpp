#pragma once
#include "seed/chance.hpp"
#include "seed/phrase_book.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::seed {

/// The words of one exchange: what was chosen for a slot stays.
/// Lifetime: the topics and `random` outlive it.
class wording {
public:
  wording(const topic& about, const topic& everywhere, chance& random)
      : about_(about), everywhere_(everywhere), random_(random) {}

  /// Who {asker} or {answerer} is from now on.
  void call(std::string_view role, std::string first_name) { chosen_[std::string(role)] = {std::move(first_name)}; }
  /// The phrase with everything filled in. Requires: a phrase of the topics; the roles that it names were called.
  std::string say(std::string_view phrase);

private:
  std::string chosen(std::string_view list, std::size_t number);
  std::string without_brackets(std::string_view phrase);

  const topic& about_;
  const topic& everywhere_;
  chance& random_;
  std::map<std::string, std::vector<std::string>, std::less<>> chosen_;
};

} // namespace palabre::seed
