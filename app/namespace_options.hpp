#pragma once
// The options of `[namespaces.NAME]`: every namespace has all of them.

#include "app/option.hpp"

namespace palabre::app {

/// Whether `name` is "namespaces.…".
bool is_of_namespace(const std::string& name);

/// Why there cannot be an option of that name: of the namespace in it, which may have dots and is followed by one more
/// and the key. nullopt: nothing is wrong; the key is not looked at.
std::optional<std::string> wrong_with_namespace(const configuration& c, const std::string& option_name);

/// The options of the namespace in `option_name`. Reading one adds the namespace. Requires: nothing is wrong with it.
std::vector<option> namespace_options(const std::string& option_name);

} // namespace palabre::app
