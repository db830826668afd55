#pragma once
#include "base/flat_strings.hpp"
#include "storage/key_hash.hpp"

#include <boost/static_string/static_string.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::storage {

/// Rows of one table kept in memory as they are in the store, because they are read for nearly every command and
/// rewritten so often that the store would look through many versions of each. That there is no row is kept as well.
/// Threads: any find and keep; one changes. Bounded: when it is full, a row that is read by itself empties it, so that
/// it fills again; what was read with others, and what is not there, is not kept then.
/// Requires of all: keys of at most key_bytes_max.
class hot_rows {
public:
  static constexpr std::size_t key_bytes_max = 40;

  explicit hot_rows(std::size_t rows_max);

  using maybe_row = std::optional<std::string>;

  /// Null: not kept here.
  std::shared_ptr<const maybe_row> find(std::string_view key) const;
  /// The same of each of `keys`, in their order, as they are at one moment.
  std::vector<std::shared_ptr<const maybe_row>> find(const flat_strings& keys) const;
  /// Each of `keys` in its order, with what is kept of it, where that stands; null: not kept here. Writers wait for a
  /// few dozen of these at a time: `look` is to be quick, and to call nothing of the views.
  void look_at(const flat_strings& keys,
               const std::function<void(std::size_t place, const maybe_row* kept)>& look) const;
  /// To be asked before a row is read from the store, and given to keep().
  std::uint64_t changes() const;
  /// Keeps a row that was read, unless anything was changed since `changes` or is about to be.
  void keep(std::string_view key, const maybe_row& row, std::uint64_t changes);
  /// The same of several, each of `rows` that of the key at its place.
  void keep(const flat_strings& keys, const std::vector<maybe_row>& rows, std::uint64_t changes);

  /// Whether nothing was changed since `changes`, nor is about to be.
  bool is_as_of(std::uint64_t changes) const;

  /// Before a commit: until end_changes() no row is kept.
  void begin_changes();
  /// Behind begin_changes(): this row is not found here until change() or, when the commit failed, until it is kept
  /// again.
  void begin_change(std::string_view key);
  /// The same where no row is kept; one that is there is found until it is changed.
  void begin_change_if_absent(std::string_view key);
  /// After a commit: a kept row has changed, or is gone.
  void change(std::string_view key, const maybe_row& row);
  /// After a commit, done or failed: rows may be kept again.
  void end_changes();

private:
  using kept_row = std::shared_ptr<const maybe_row>;
  /// Beside its row: who looks for it has one place in memory to read.
  using kept_key = boost::static_string<key_bytes_max>;
  struct key_hash {
    using is_transparent = void;
    using is_avalanching = void;
    std::uint64_t seed;
    std::size_t operator()(std::string_view key) const noexcept { return hash_of_key(key, seed); }
    std::size_t operator()(const kept_key& key) const noexcept { return hash_of_key(text_of(key), seed); }
  };
  struct key_equal {
    using is_transparent = void;
    bool operator()(const kept_key& a, std::string_view b) const noexcept { return text_of(a) == b; }
    bool operator()(std::string_view a, const kept_key& b) const noexcept { return a == text_of(b); }
    bool operator()(const kept_key& a, const kept_key& b) const noexcept { return text_of(a) == text_of(b); }
  };
  using row_map = boost::unordered_flat_map<kept_key, kept_row, key_hash, key_equal>;

  static kept_key key_in_place(std::string_view key);
  static std::string_view text_of(const kept_key& key) { return {key.data(), key.size()}; }

  const std::size_t rows_max_;
  mutable std::shared_mutex mutex_;
  row_map rows_;              // by mutex_; null: kept, and about to change
  std::uint64_t changes_ = 0; // by mutex_
  bool changing_ = false;     // by mutex_
};

} // namespace palabre::storage
