#pragma once
#include "storage/added_rows.hpp"
#include "storage/known_rows.hpp"

namespace palabre::storage {

/// What a views_batch has of one table. Only one of the two has something to be written.
struct table_changes {
  known_rows known;
  added_rows added;

  bool empty() const { return known.changed().empty() && added.empty(); }
};

} // namespace palabre::storage
