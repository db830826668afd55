#pragma once
// Users as others see them: a small cache over the users table, so that a page of messages costs one look-up per
// author.

#include "base/ids.hpp"
#include "base/result.hpp"
#include "storage/record.hpp"
#include "storage/views_store.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace palabre::projections {

/// Threads: any. Bounded: `entries_max`; when full it is emptied and fills again.
class profiles {
public:
  static constexpr std::size_t entries_max = 100'000;

  explicit profiles(const storage::views_store& views) : views_(views) {}

  /// `{"display_name":…,"avatar_url":…}` as it is now. An unknown user (erased) has null fields. Errors: io, corrupt.
  result<std::shared_ptr<const std::string>> author_json(user_id user);

  /// Forgets whoever changed in this batch. A listener of the projector: called once the rows are visible.
  void forget_changed(const storage::committed_batch& batch);

  /// For when the rows were exchanged for others.
  void forget_all();

private:
  const storage::views_store& views_;
  std::mutex mutex_;
  std::unordered_map<user_id, std::shared_ptr<const std::string>> known_; // by mutex_
  std::uint64_t changes_ = 0; // by mutex_: a row read before a change must not be remembered after it
};

} // namespace palabre::projections
