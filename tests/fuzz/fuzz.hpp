#pragma once
// A fuzz target is one function in a file of its own: it looks at bytes from outside, and aborts when something does
// not hold. libfuzzer.cpp drives it with clang's libFuzzer, replay.cpp without.

#include "base/assert.hpp"

#include <string>
#include <string_view>

namespace palabre::fuzz {

void look_at(std::string_view input);

} // namespace palabre::fuzz
