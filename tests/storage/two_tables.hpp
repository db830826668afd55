#pragma once
#include "storage/views_store.hpp"

namespace palabre::storage {

constexpr table rooms = 0, messages = 1; ///< of views with two tables

} // namespace palabre::storage
