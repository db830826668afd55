#pragma once
// GCC 12.2 corrupts memory when an aggregate temporary or a capturing lambda is built inside the operand of a co_await.
// So nothing is built there: no brace, no lambda, one co_await per statement. Name it first, then await the name.

#include "sources.hpp"

namespace palabre::tree {

/// Every co_await whose operand (up to the `;`, or to the parenthesis that closes around it) holds a brace or a lambda,
/// and every further co_await in one statement.
/// Limits: works on tokens, before the preprocessor; what a macro hides stays hidden.
findings unsafe_awaits(const source& file);

} // namespace palabre::tree
