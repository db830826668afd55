#pragma once
// The keys of people's words, one for each person, wrapped by the master key: the file `ring`, beside both stores.
// Whoever's key is destroyed cannot be read any more, wherever copies of the log are. The bytes are described in
// docs/data_format.md.

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "storage/aead.hpp"
#include "storage/erased_list.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace palabre::storage {

/// A key as it is used. `key` is null once its person was noted to be erased: nothing is sealed or read with it.
struct data_key {
  std::uint32_t id = 0;
  std::shared_ptr<const aead_key> key;
};

/// Threads: any. Bounded: about 60 bytes a person, and `unwrapped_max` keys as they are used; when those are full they
/// are emptied and fill again. One process at a time has it open for writing.
class key_ring {
public:
  static constexpr std::size_t unwrapped_max = 50'000;

  enum class access {
    read_write, ///< makes the ring if there is none and nothing needs it
    read_only   ///< beside a live server, too: what it adds is found when it is asked for
  };
  struct opening {
    std::string directory;                ///< DIR/keys
    std::vector<std::string> master_keys; ///< 32 bytes each; more than one while a rotation was interrupted
    std::uint32_t key_id_max = 0;         ///< that the log names: a ring that does not reach so far is refused
    access mode = access::read_write;
  };
  /// Finishes what a crash interrupted: a torn end goes. Lifetime: `random` outlives it.
  /// Errors: corrupt: the ring is damaged, or missing, or not this log's; nothing was changed. invalid: none of the
  /// master keys is the ring's. io: also when another process has it open.
  static result<std::unique_ptr<key_ring>> open(const opening& how, randomness& random);
  ~key_ring();
  key_ring(const key_ring&) = delete;
  key_ring& operator=(const key_ring&) = delete;

  /// Which of the master keys it was.
  std::size_t master_key_used() const;

  // ---- Using

  /// The user's key, made if they have none; a destroyed one stays so. It is in the file, and is durable after the next
  /// sync(): before anything sealed with it. Errors: io, corrupt.
  result<data_key> key_of(user_id user);
  /// Errors: corrupt: no such key, neither in the ring nor among the erased; io.
  result<data_key> find(std::uint32_t key_id) const;
  /// Every key given out by now is durable. No I/O if nothing is new. Errors: io.
  result<void> sync();

  // ---- Erasing, in two steps, so that a crash between them is seen

  /// Notes that the user is to be erased; durable. Answers the id of their key, which is given to nobody from then on
  /// and stays in the file until it is destroyed. Noted already: nothing changes. Errors: io, corrupt.
  result<std::uint32_t> begin_erasing(user_id user, timestamp now);
  /// The key is gone for good: the ring is written anew without it. Gone already: nothing changes. Requires: noted.
  /// Errors: io, corrupt.
  result<void> destroy_key_of(user_id user);
  /// All that were ever noted, oldest first.
  std::vector<erased_user> erased() const;
  /// Whether it is the key of somebody who was ever noted.
  bool is_noted(std::uint32_t key_id) const;
  /// Whether there is a key of theirs that is not destroyed.
  bool holds_key_of(user_id user) const;

  // ---- Looking after

  std::size_t count() const; ///< of keys that are not destroyed
  /// Wraps every key with another master key; the file is replaced as a whole. Errors: io, corrupt.
  result<void> rewrap(std::string_view next_master_key);

private:
  key_ring();
  struct state;
  std::unique_ptr<state> state_;
};

/// Whether there is a ring in DIR/keys.
bool holds_key_ring(const std::string& directory);

} // namespace palabre::storage
