#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace palabre::storage {

/// Rows of one table that a views_batch knows, by key. A hash table with open addressing whose entries stay where they
/// are; their memory is kept when they are forgotten, because the next batch is about as large. Threads: one.
class known_rows {
public:
  /// Two lines of the processor's cache: what is compared, and what is wanted.
  class alignas(64) entry {
    friend class known_rows;
    /// Of most rows; who has found the entry has nothing else to read from memory then.
    static constexpr std::size_t inline_key_max = 40;
    void set_key(std::string_view key);

    std::uint32_t key_size_ = 0;
    char inline_key_[inline_key_max];
    std::unique_ptr<char[]> long_key_;
    std::uint64_t hash_ = 0;

  public:
    std::string_view key() const { return {key_size_ <= inline_key_max ? inline_key_ : long_key_.get(), key_size_}; }
    std::optional<std::string> row; ///< nullopt: erased, or known to be absent
    bool changed = false;

  private:
    std::size_t slot_ = 0;
  };

  /// Null: nothing is known of this key.
  entry* find(std::string_view key);
  /// Valid until forget_all(). Requires: find() says null.
  entry& add(std::string_view key, std::optional<std::string> row);
  /// About what they take in memory, rows as they were added.
  std::size_t bytes() const { return bytes_; }

  void note_change(entry& of) {
    of.changed = true;
    changed_.push_back(&of);
  }
  /// Each entry that was noted, once. Beside find() on another thread.
  const std::vector<entry*>& changed() const { return changed_; }
  /// The same in the order of keys. Beside find() on another thread.
  const std::vector<entry*>& changed_in_order();
  void forget_all();

private:
  struct slot {
    std::uint32_t tag = 0;    ///< of the hash
    std::uint32_t number = 0; ///< of the entry, from 1 on; 0: empty
  };
  static constexpr std::size_t entries_per_block = 256;

  entry& numbered(std::size_t number) { return blocks_[number / entries_per_block][number % entries_per_block]; }
  void put_into_slot(std::size_t number);
  void grow();

  std::vector<slot> slots_; ///< a power of two, at most two thirds of them taken
  std::vector<std::unique_ptr<entry[]>> blocks_;
  std::size_t count_ = 0, bytes_ = 0;
  std::vector<entry*> changed_;
};

} // namespace palabre::storage
