#include "projections/profiles.hpp"

#include "events/streams.hpp"
#include "projections/users.hpp"

namespace palabre::projections {

result<std::shared_ptr<const std::string>> profiles::author_json(user_id user) {
  std::uint64_t changes_before;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = known_.find(user); found != known_.end()) return found->second;
    changes_before = changes_;
  }
  PALABRE_TRY(auto row, user_queries(views_).user(user));
  auto json = std::make_shared<std::string>(R"({"display_name":)");
  events::append_json(*json, row ? std::optional(row->profile.display_name.value) : std::nullopt,
                      events::secrets::hidden);
  *json += R"(,"avatar_url":)";
  events::append_json(*json, row ? row->profile.avatar_url.value : std::nullopt, events::secrets::hidden);
  *json += '}';
  std::shared_ptr<const std::string> made = std::move(json);
  const std::lock_guard lock(mutex_);
  if (row && changes_ == changes_before) {
    if (known_.size() >= entries_max) known_.clear();
    known_[user] = made;
  }
  return made;
}

void profiles::forget_changed(const storage::committed_batch& batch) {
  for (const auto& record : batch.records) {
    const bool changed =
        record.view.type == events::profile_changed::type.name || record.view.type == events::user_erased::type.name;
    if (!changed) continue;
    const std::lock_guard lock(mutex_);
    known_.erase(user_id{record.view.stream.id});
    ++changes_;
  }
}

void profiles::forget_all() {
  const std::lock_guard lock(mutex_);
  known_.clear();
  ++changes_;
}

} // namespace palabre::projections
