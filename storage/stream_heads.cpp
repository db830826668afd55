#include "storage/stream_heads.hpp"

#include "base/limits.hpp"

namespace palabre::storage {

result<stream_heads::entry*> stream_heads::find(const stream_id& stream) {
  if (const auto found = young_.find(stream); found != young_.end()) return &found->second;
  if (auto node = old_.extract(stream)) return &young_.insert(std::move(node)).position->second;
  PALABRE_TRY(const stream_head head, store_.head_of(stream));
  return &young_.emplace(stream, entry{head, false}).first->second;
}

void stream_heads::mark_changed(const stream_id& stream, entry& of) {
  if (of.changed) return;
  of.changed = true;
  changes_.push_back({stream, &of});
}

void stream_heads::next_batch() {
  for (const change& c : changes_) c.of->changed = false;
  changes_.clear();
  if (young_.size() < limits::stream_heads_cached_max / 2) return;
  old_ = std::move(young_);
  young_.clear();
}

} // namespace palabre::storage
