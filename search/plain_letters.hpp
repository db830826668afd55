#pragma once
#include <string>
#include <string_view>

namespace palabre::search {

/// "Été" as "Ete": letters without their marks, by Unicode's decompositions. Requires: UTF-8.
std::string without_accents(std::string_view text);

/// In small letters, in no language in particular. Requires: UTF-8.
std::string in_small_letters(std::string_view text);

} // namespace palabre::search
