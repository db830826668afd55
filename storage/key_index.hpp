#pragma once
// What a key ring knows without looking into its files: who has which key, where it stands, and who was erased.

#include "storage/erased_list.hpp"
#include "storage/key_ring_file.hpp"

#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace palabre::storage {

/// Threads: one, or as its owner says. About 60 bytes a person.
class key_index {
public:
  /// In the place of all keys that were known: entries in the order of their file.
  void take_keys(const std::vector<ring_entry>& entries);
  /// In the place of all that were known.
  void take_erased(std::vector<erased_user> list);
  /// No id below is given out.
  void begin_at(std::uint32_t key_id);

  void add_key(std::uint32_t key_id, user_id user, std::size_t slot);
  void add_erased(const erased_user& entry);

  std::uint32_t next_id() const { return next_id_; }
  std::size_t count() const { return keys_.size(); }
  const std::vector<erased_user>& erased() const { return erased_; }

  std::optional<std::uint32_t> key_of(user_id user) const;
  /// Of the entry in the file.
  std::optional<std::size_t> slot_of(std::uint32_t key_id) const;
  std::optional<std::uint32_t> erased_key_of(user_id user) const;
  bool is_erased(std::uint32_t key_id) const { return erased_ids_.contains(key_id); }

private:
  std::uint32_t next_id_ = 1;
  std::vector<std::uint32_t> slots_; ///< by key id
  std::unordered_map<user_id, std::uint32_t> keys_;
  std::vector<erased_user> erased_;
  std::unordered_map<user_id, std::uint32_t> erased_keys_;
  std::unordered_set<std::uint32_t> erased_ids_;
};

} // namespace palabre::storage
