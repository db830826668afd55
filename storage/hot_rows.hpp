#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace palabre::storage {

/// Rows of one table kept in memory as they are in the store, because they are read for nearly every command and
/// rewritten so often that the store would look through many versions of each. Threads: any. Bounded: when it is full
/// it is emptied and fills again.
class hot_rows {
public:
  explicit hot_rows(std::size_t rows_max) : rows_max_(rows_max) {}

  /// Null: not kept here.
  std::shared_ptr<const std::string> find(std::string_view key) const;
  /// To be asked before a row is read from the store, and given to keep().
  std::uint64_t changes() const;
  /// Keeps a row that was read, unless anything was changed since `changes` or is about to be.
  void keep(std::string_view key, const std::string& row, std::uint64_t changes);

  /// Before a commit: this row is not found here until change() or, when the commit failed, until it is kept again;
  /// and until end_changes() no row is kept.
  void begin_change(std::string_view key);
  /// After a commit: a kept row has changed, or is gone.
  void change(std::string_view key, const std::optional<std::string>& row);
  /// After a commit, done or failed: rows may be kept again.
  void end_changes();

private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };

  const std::size_t rows_max_;
  mutable std::shared_mutex mutex_;
  // By mutex_. Null: kept, and about to change.
  std::unordered_map<std::string, std::shared_ptr<const std::string>, text_hash, std::equal_to<>> rows_;
  std::uint64_t changes_ = 0; // by mutex_
  bool changing_ = false;     // by mutex_
};

} // namespace palabre::storage
