#pragma once
// The heads of the streams as the journal sees them: those of the store, and those of the batch it is making.

#include "storage/log_store.hpp"

#include <unordered_map>

namespace palabre::storage {

/// Keeps the recently used ones, in two generations: when the younger is full, the older one is forgotten. At most
/// limits::stream_heads_cached_max, and those of one batch. Threads: one.
class stream_heads {
public:
  explicit stream_heads(const log_store& store) : store_(store) {}

  struct entry {
    stream_head head;
    bool changed = false; ///< in the batch being made
  };

  /// The entry stays where it is until next_batch(). Errors: corrupt, io.
  result<entry*> find(const stream_id& stream);
  /// To be called for an entry of `find` before its head is changed.
  void mark_changed(const stream_id& stream, entry& of);

  struct change {
    stream_id stream;
    entry* of;
  };
  const std::vector<change>& changes() const { return changes_; }

  /// Forgets which are changed, and what has not been used for long.
  void next_batch();

private:
  using generation = std::unordered_map<stream_id, entry>;

  const log_store& store_;
  generation young_, old_;
  std::vector<change> changes_;
};

} // namespace palabre::storage
